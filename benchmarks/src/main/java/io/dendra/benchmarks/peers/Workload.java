package io.dendra.benchmarks.peers;

import io.dendra.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is measured. Each has the name that the other libraries' measurements give it; {@link
 * Networks} has the layers, {@link Floor} what they cost at least.
 */
public enum Workload {
  /** Dense 128 relu, dense 10. */
  MLP_MNIST(128, 0.55, 784),

  /** Dense 1024 relu, dense 1024 relu, dense 10. */
  MLP_WIDE(256, 14.5, 784),

  /** Two convolutions of 5 by 5 with pooling, dense 500 relu, dense 10, on digits. */
  LENET(64, 7, 28, 28, 1),

  /** Two pairs of convolutions of 3 by 3 with pooling, dense 512 relu, dense 10. */
  CNN_CIFAR(64, 54, 32, 32, 3),

  /** A residual block of two convolutions of 3 by 3 with batch normalisation, mean, dense 10. */
  RESNET_BLOCK(8, 49, 56, 56, 64),

  /** LSTM 128 over 64 steps, its last output, dense 10. */
  LSTM(32, 7.5, 64, 64),

  /** Self-attention and a feed-forward pair, each added and normalised; mean, dense 10. */
  TRANSFORMER(8, 27, 128, 256),

  /** The answer of {@link #MLP_MNIST}'s network to one sample, host to host. */
  PREDICT_MLP1(1, 0.012, 784),

  /** The product of two matrices of 1024 by 1024. */
  MATMUL1024(1, 9.8, 1024, 1024),

  /** {@code tanh(1.5 x + 0.25) sigmoid(x)} of ten million x. */
  ELEMENTWISE10M(1, 7, 10_000_000);

  static final int CLASSES = 10;

  private final int samples;
  private final double millisToReach;

  @SuppressWarnings("ImmutableEnumChecker") // A shape never changes.
  private final Shape sample;

  Workload(int samples, double millisToReach, long... sample) {
    this.samples = samples;
    this.millisToReach = millisToReach;
    this.sample = Shape.of(sample);
  }

  /**
   * The workload of a name.
   *
   * @throws IllegalArgumentException when there is none, listing those that there are
   */
  public static Workload named(String label) {
    return Arrays.stream(values())
        .filter(workload -> workload.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no workload '"
                        + label
                        + "', there are "
                        + Arrays.stream(values())
                            .map(Workload::label)
                            .collect(Collectors.joining(", "))));
  }

  /** The name in tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a step trains, so that its loss has to fall. */
  public boolean trains() {
    return ordinal() < PREDICT_MLP1.ordinal();
  }

  /** How many samples a step takes. */
  int samples() {
    return samples;
  }

  /** One sample, or the whole operand where no network is concerned. */
  Shape sample() {
    return sample;
  }

  /** The samples of a step, {@code [samples, ...]}. */
  long[] batchShape() {
    long[] dims = new long[sample.rank() + 1];
    dims[0] = samples;
    for (int i = 0; i < sample.rank(); i++) {
      dims[i + 1] = sample.dim(i);
    }
    return dims;
  }

  /** What a step is meant to take on two cores that multiply at 235 GFLOP/s. */
  double millisToReach() {
    return millisToReach;
  }

  /** What the column {@code gflops} counts: nothing but the matrix product. */
  double countedFlops() {
    return this == MATMUL1024 ? Floor.of(this).flops() : 0;
  }
}
