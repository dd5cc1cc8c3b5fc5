package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * Batch normalisation of float32 with the channels last: one pass over memory for the statistics
 * and one for the values, and as many for the gradients.
 */
final class ChannelsLastNorm implements FusedKernel {
  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;

  ChannelsLastNorm(CpuPool pool, Copies copies, double epsilon) {
    this.pool = pool;
    this.copies = copies;
    this.epsilon = epsilon;
  }

  /** Whether operands of this geometry are taken. */
  static boolean takes(View x) {
    return x.layout().size() > 0 && Channels.areLast(x);
  }

  private ChannelRows rows(View x) {
    int channels = Math.toIntExact(x.shape().dim(1));
    return new ChannelRows(pool, x.layout().size() / channels, channels);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      View x = inputs[0];
      View y = isInOrder(outputs[0], x) ? outputs[0] : like(staging, x);
      ChannelRows rows = rows(x);
      Cells from = Cells.of(x);
      Cells to = Cells.of(y);
      Moments moments = Moments.of(rows, from);
      double[] mean = moments.mean;
      double[] variance = moments.squares;
      double[] gamma = BatchNormKernel.load(inputs[1], mean.length);
      double[] beta = BatchNormKernel.load(inputs[2], mean.length);
      float[] slopes = new float[mean.length];
      float[] shifts = new float[mean.length];
      for (int c = 0; c < mean.length; c++) {
        variance[c] /= rows.rows();
        double slope = gamma[c] / Math.sqrt(variance[c] + epsilon);
        slopes[c] = (float) slope;
        shifts[c] = (float) (beta[c] - mean[c] * slope);
      }
      float[] factor = rows.repeated(slopes);
      float[] shift = rows.repeated(shifts);
      rows.run(
          part -> {
            float[] block = new float[rows.length()];
            return (at, count) -> {
              int n = count * rows.channels();
              from.floats().get(from.base + at, block, 0, n);
              affine(block, factor, shift, n);
              to.floats().put(to.base + at, block, 0, n);
            };
          });
      BatchNormKernel.store(mean, outputs[1]);
      BatchNormKernel.store(variance, outputs[2]);
      if (!y.equals(outputs[0])) {
        copies.copy(y, outputs[0]);
      }
    }
  }

  private static void affine(float[] x, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * factor[i] + shift[i];
    }
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
      View x = inputs[0];
      ChannelRows rows = rows(x);
      int n = rows.channels();
      double[] mean = BatchNormKernel.load(outputs[1], n);
      double[] variance = BatchNormKernel.load(outputs[2], n);
      View g = gradient(staging, gradOutputs[0], x);
      NormGradient gradient = new NormGradient(rows, Cells.of(x), Cells.of(g), mean);
      double[][] sums = gradient.sums();
      double[] gamma = BatchNormKernel.load(inputs[1], n);
      double[] byMean = BatchNormKernel.load(gradOutputs[1], n);
      double[] byVariance = BatchNormKernel.load(gradOutputs[2], n);
      double perElement = 1.0 / rows.rows();
      float[] a = new float[n];
      float[] b = new float[n];
      float[] k = new float[n];
      double[] gammaGradient = new double[n];
      for (int c = 0; c < n; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + epsilon);
        double slope = gamma[c] * inverse;
        a[c] = (float) slope;
        b[c] = (float) (perElement * (2 * byVariance[c] - slope * inverse * inverse * sums[1][c]));
        k[c] = (float) (perElement * (byMean[c] - slope * sums[0][c]));
        gammaGradient[c] = sums[1][c] * inverse;
      }
      BatchNormKernel.store(gammaGradient, gradInputs[1]);
      BatchNormKernel.store(sums[0], gradInputs[2]);
      View dx = gradInputs[0];
      if (dx != null) {
        View ordered = isInOrder(dx, x) ? dx : like(staging, x);
        gradient.combine(a, b, k, Cells.of(ordered));
        if (!ordered.equals(dx)) {
          copies.copy(ordered, dx);
        }
      }
    }
  }

  private static boolean isInOrder(View view, View x) {
    return view.layout().sameOrder(x.layout());
  }

  /** The gradient in the memory order of x; zeros where there is none. */
  private View gradient(Staging staging, View gradient, View x) {
    if (gradient != null && isInOrder(gradient, x)) {
      return gradient;
    }
    View ordered = like(staging, x);
    if (gradient == null) {
      copies.fill(ordered, 0);
    } else {
      copies.copy(gradient, ordered);
    }
    return ordered;
  }

  private static View like(Staging staging, View x) {
    Layout layout = x.layout();
    return staging.like(x).with(Layout.of(layout.shape(), layout.strides(), 0));
  }
}
