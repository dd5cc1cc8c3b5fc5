package io.dendra.benchmarks.peers;

import io.dendra.tensor.Shape;

/**
 * The least that a step costs: floating-point operations of its products and convolutions, and
 * bytes that have to cross between memory and processor. Everything else a perfect implementation
 * would do on the way.
 *
 * <p>A layer that maps {@code in} to {@code out} features over {@code rows} takes {@code 2 rows in
 * out} operations forward, as many for the gradient of its weights, and as many for the gradient of
 * its input. The first layer needs no gradient of its input, since data have none; {@link
 * #usualFlops} counts it all the same, as three times the forward pass is what is often quoted.
 *
 * @param flops that are needed
 * @param usualFlops three times those of the forward pass, for training
 * @param bytes read and written at least
 */
record Floor(double flops, double usualFlops, double bytes) {
  private static final int FLOAT = 4;

  /** Adam reads parameter, gradient and both moments, and writes all but the gradient. */
  private static final int ADAM = 7 * FLOAT;

  private static final int CLASSES = Workload.CLASSES;

  /** The floor of a workload. */
  static Floor of(Workload workload) {
    Shape x = workload.sample();
    long batch = workload.samples();
    return switch (workload) {
      case MLP_MNIST -> mlp(batch, x.dim(0), 128).training(workload);
      case MLP_WIDE -> mlp(batch, x.dim(0), 1024, 1024).training(workload);
      case LENET ->
          new Layers()
              .first(batch * 24 * 24, 5 * 5, 20)
              .layer(batch * 8 * 8, 5 * 5 * 20, 50)
              .layer(batch, 4 * 4 * 50, 500)
              .layer(batch, 500, CLASSES)
              .training(workload);
      case CNN_CIFAR ->
          new Layers()
              .first(batch * 32 * 32, 3 * 3 * 3, 32)
              .layer(batch * 32 * 32, 3 * 3 * 32, 32)
              .layer(batch * 16 * 16, 3 * 3 * 32, 64)
              .layer(batch * 16 * 16, 3 * 3 * 64, 64)
              .layer(batch, 8 * 8 * 64, 512)
              .layer(batch, 512, CLASSES)
              .training(workload);
      case RESNET_BLOCK ->
          new Layers()
              .first(batch * 56 * 56, 3 * 3 * 64, 64)
              .layer(batch * 56 * 56, 3 * 3 * 64, 64)
              .layer(batch, 64, CLASSES)
              .training(workload);
      case LSTM ->
          new Layers()
              .first(batch * x.dim(0), x.dim(1), 4 * 128)
              .layer(batch * x.dim(0), 128, 4 * 128)
              .layer(batch, 128, CLASSES)
              .training(workload);
      // Queries, keys and values come of the data alone; scores and their product with the values
      // have two operands that need gradients, as weights and inputs of a layer have.
      case TRANSFORMER ->
          new Layers()
              .first(batch * 128, 256, 3 * 256)
              .product(2 * batch * 4 * 128 * 128 * 64)
              .product(2 * batch * 4 * 128 * 128 * 64)
              .layer(batch * 128, 256, 256)
              .layer(batch * 128, 256, 1024)
              .layer(batch * 128, 1024, 256)
              .layer(batch, 256, CLASSES)
              .training(workload);
      // The weights stay in the cache.
      case PREDICT_MLP1 -> inference((double) mlp(batch, x.dim(0), 128).forward);
      case MATMUL1024 -> inference(2.0 * 1024 * 1024 * 1024);
      case ELEMENTWISE10M -> new Floor(0, 0, 2.0 * FLOAT * x.size());
    };
  }

  private static Layers mlp(long batch, long... widths) {
    Layers layers = new Layers().first(batch, widths[0], widths[1]);
    for (int i = 1; i < widths.length - 1; i++) {
      layers.layer(batch, widths[i], widths[i + 1]);
    }
    return layers.layer(batch, widths[widths.length - 1], CLASSES);
  }

  private static Floor inference(double flops) {
    return new Floor(flops, flops, 0);
  }

  /** Milliseconds on a machine; arithmetic and memory may overlap, so the longer counts. */
  double millis(MachineSpeed machine) {
    return Math.max(arithmeticMillis(machine), memoryMillis(machine));
  }

  double arithmeticMillis(MachineSpeed machine) {
    return flops / machine.flopsPerSecond() * 1e3;
  }

  /** Milliseconds of the usual count of operations. */
  double usualMillis(MachineSpeed machine) {
    return usualFlops / machine.flopsPerSecond() * 1e3;
  }

  double memoryMillis(MachineSpeed machine) {
    return bytes / machine.bytesPerSecond() * 1e3;
  }

  /** Adds up layers from input to output. */
  private static final class Layers {
    private long forward;
    private long unneeded;
    private long parameters;

    Layers first(long rows, long in, long out) {
      unneeded = 2 * rows * in * out;
      return layer(rows, in, out);
    }

    Layers layer(long rows, long in, long out) {
      parameters += in * out;
      return product(2 * rows * in * out);
    }

    Layers product(long flops) {
      forward += flops;
      return this;
    }

    /** Biases are left out: they are too few to matter. */
    Floor training(Workload workload) {
      double data = (double) workload.samples() * workload.sample().size();
      return new Floor(
          (double) (3 * forward - unneeded),
          (double) (3 * forward),
          ADAM * (double) parameters + FLOAT * data);
    }
  }
}
