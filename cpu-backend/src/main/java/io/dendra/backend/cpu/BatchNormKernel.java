package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;

/**
 * Normalisation of each channel over the batch (Ioffe and Szegedy, "Batch Normalization", 2015), in
 * row-major order; {@link ChannelsLastNorm} takes the channels last.
 */
final class BatchNormKernel implements FusedKernel {
  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;

  BatchNormKernel(CpuPool pool, Copies copies, double epsilon) {
    this.pool = pool;
    this.copies = copies;
    this.epsilon = epsilon;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      View in = staging.in(inputs[0]);
      Cells x = Cells.of(in);
      Cells y = Cells.of(staging.out(outputs[0]));
      Channels channels = Channels.of(pool, in);
      double perElement = 1.0 / channels.perChannel();
      double[] mean = scaled(channels.sums(x.floats(), x.base), perElement);
      double[] variance = scaled(channels.squares(x.floats(), x.base, mean), perElement);
      int n = channels.count();
      float[] factor = new float[n];
      float[] shift = new float[n];
      Cells gamma = Cells.of(staging.in(inputs[1]));
      Cells beta = Cells.of(staging.in(inputs[2]));
      for (int c = 0; c < n; c++) {
        double inverse = gamma.get(gamma.base + c) / Math.sqrt(variance[c] + epsilon);
        factor[c] = (float) inverse;
        shift[c] = (float) (beta.get(beta.base + c) - mean[c] * inverse);
      }
      channels.affine(x.floats(), x.base, factor, shift, y.floats(), y.base);
      store(mean, outputs[1]);
      store(variance, outputs[2]);
      staging.finish();
    }
  }

  private static double[] scaled(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  static void store(double[] values, View out) {
    if (out == null) {
      return;
    }
    Cells to = Cells.of(out);
    int step = (int) out.layout().stride(0);
    for (int i = 0; i < values.length; i++) {
      to.set(to.base + i * step, values[i]);
    }
  }

  static double[] load(View in, int n) {
    double[] values = new double[n];
    if (in != null) {
      Cells from = Cells.of(in);
      int step = (int) in.layout().stride(0);
      for (int i = 0; i < n; i++) {
        values[i] = from.get(from.base + i * step);
      }
    }
    return values;
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /**
   * {@code gamma / deviation (g - mean(g) - (x - mean) mean(g (x - mean)) / deviation²)}, and what
   * flows in through the mean and the variance.
   */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      View in = staging.in(inputs[0]);
      Channels channels = Channels.of(pool, in);
      int n = channels.count();
      double perElement = 1.0 / channels.perChannel();
      Cells x = Cells.of(in);
      Cells g = Cells.of(gradient(staging, gradOutputs[0], in));
      double[] mean = load(outputs[1], n);
      double[] variance = load(outputs[2], n);
      double[] gamma = load(inputs[1], n);
      double[] byMean = load(gradOutputs[1], n);
      double[] byVariance = load(gradOutputs[2], n);
      double[][] sums = channels.products(x.floats(), x.base, g.floats(), g.base, mean);
      float[] a = new float[n];
      float[] b = new float[n];
      float[] k = new float[n];
      double[] gammaGradient = new double[n];
      for (int c = 0; c < n; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + epsilon);
        double ofGradient = gamma[c] * inverse;
        double ofInput =
            perElement * (2 * byVariance[c] - ofGradient * inverse * inverse * sums[1][c]);
        a[c] = (float) ofGradient;
        b[c] = (float) ofInput;
        k[c] = (float) (perElement * (byMean[c] - ofGradient * sums[0][c]) - ofInput * mean[c]);
        gammaGradient[c] = sums[1][c] * inverse;
      }
      store(gammaGradient, gradInputs[1]);
      store(sums[0], gradInputs[2]);
      if (gradInputs[0] != null) {
        Cells d = Cells.of(staging.out(gradInputs[0]));
        channels.combine(g.floats(), g.base, a, x.floats(), x.base, b, k, d.floats(), d.base);
      }
      staging.finish();
    }
  }

  /** The gradient in row-major order; zeros where there is none. */
  private View gradient(Staging staging, View gradient, View x) {
    if (gradient != null) {
      return staging.in(gradient);
    }
    View zeros = staging.like(x);
    copies.fill(zeros, 0);
    return zeros;
  }
}
