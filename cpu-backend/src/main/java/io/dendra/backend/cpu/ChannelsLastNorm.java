package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;

/**
 * Batch normalisation of float32 with the channels last, and what may end it, the sum with another
 * operand and relu: one pass over memory for the statistics and one for the values, and as many for
 * the gradients.
 */
final class ChannelsLastNorm implements FusedKernel {
  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;
  private final boolean relu;
  private final boolean residual;

  ChannelsLastNorm(CpuPool pool, Copies copies, FusedOp.BatchNorm op) {
    this(pool, copies, op.epsilon(), false, false);
  }

  ChannelsLastNorm(CpuPool pool, Copies copies, FusedOp.BatchNormRelu op) {
    this(pool, copies, op.epsilon(), true, op.residual());
  }

  private ChannelsLastNorm(
      CpuPool pool, Copies copies, double epsilon, boolean relu, boolean residual) {
    this.pool = pool;
    this.copies = copies;
    this.epsilon = epsilon;
    this.relu = relu;
    this.residual = residual;
  }

  /** Whether operands of this geometry are taken. */
  static boolean takes(View x) {
    return x.layout().size() > 0 && Channels.areLast(x);
  }

  private ChannelRows rows(View x) {
    int channels = Math.toIntExact(x.shape().dim(1));
    return new ChannelRows(pool, x.layout().size() / channels, channels);
  }

  /** The factors and shifts, from which what relu lets through can be told again. */
  @Override
  public TensorSpec[] saved(View[] inputs) {
    TensorSpec lines = new TensorSpec(Shape.of(2, inputs[0].shape().dim(1)), DType.FLOAT32);
    return relu && !residual ? new TensorSpec[] {lines} : new TensorSpec[0];
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      View x = inputs[0];
      View y = isInOrder(outputs[0], x) ? outputs[0] : like(staging, x);
      ChannelRows rows = rows(x);
      Cells from = Cells.of(x);
      Cells to = Cells.of(y);
      Cells other = residual ? Cells.of(ordered(staging, inputs[3], x)) : null;
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
            float[] added = new float[residual ? rows.length() : 0];
            return (at, count) -> {
              int n = count * rows.channels();
              from.floats().get(from.base + at, block, 0, n);
              if (residual) {
                other.floats().get(other.base + at, added, 0, n);
                sumRelu(block, factor, shift, added, n);
              } else if (relu) {
                affineRelu(block, factor, shift, n);
              } else {
                affine(block, factor, shift, n);
              }
              to.floats().put(to.base + at, block, 0, n);
            };
          });
      BatchNormKernel.store(mean, outputs[1]);
      BatchNormKernel.store(variance, outputs[2]);
      if (outputs.length > 3) {
        Cells lines = Cells.of(outputs[3]);
        lines.floats().put(lines.base, slopes).put(lines.base + slopes.length, shifts);
      }
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

  private static void affineRelu(float[] x, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(0f, x[i] * factor[i] + shift[i]);
    }
  }

  private static void sumRelu(float[] x, float[] factor, float[] shift, float[] other, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(0f, x[i] * factor[i] + shift[i] + other[i]);
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /**
   * {@code gamma / deviation (g - mean(g) - (x - mean) mean(g (x - mean)) / deviation²)}, and what
   * flows in through the mean and the variance; g is what relu lets through.
   */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      View x = inputs[0];
      ChannelRows rows = rows(x);
      int n = rows.channels();
      double[] mean = BatchNormKernel.load(outputs[1], n);
      double[] variance = BatchNormKernel.load(outputs[2], n);
      View kept = residual ? gradInputs[3] : null;
      View keptInOrder = kept == null || isInOrder(kept, x) ? kept : like(staging, x);
      NormGradient gradient =
          relu
              ? behindRelu(staging, rows, inputs[0], outputs, gradOutputs[0], keptInOrder, mean)
              : new NormGradient(
                  rows, Cells.of(x), Cells.of(gradient(staging, gradOutputs[0], x)), mean);
      double[][] sums = gradient.sums();
      if (relu && !areFinite(sums)) {
        View g = like(staging, x);
        new ReluGradKernel(pool)
            .forward(new View[] {outputs[0], gradient(staging, gradOutputs[0], x)}, new View[] {g});
        gradient = new NormGradient(rows, Cells.of(x), Cells.of(g), mean);
        sums = gradient.sums();
        if (kept != null) {
          copies.copy(g, keptInOrder);
        }
      }
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
      if (kept != null && !kept.equals(keptInOrder)) {
        copies.copy(keptInOrder, kept);
      }
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

  private static boolean areFinite(double[][] sums) {
    double zero = 0;
    for (double[] of : sums) {
      for (double sum : of) {
        zero += sum * 0;
      }
    }
    return zero == 0;
  }

  private NormGradient behindRelu(
      Staging staging,
      ChannelRows rows,
      View x,
      View[] outputs,
      View gradOut,
      View kept,
      double[] mean) {
    boolean perImage = gradOut != null && ReluGate.isPerImage(gradOut);
    View g = perImage ? gradOut : gradient(staging, gradOut, x);
    ReluGate gate = ReluGate.of(rows, g, x.shape().dim(0));
    if (residual) {
      gate.after(Cells.of(ordered(staging, outputs[0], x)));
    } else {
      Cells lines = Cells.of(outputs[3]);
      float[] factors = new float[rows.channels()];
      float[] shifts = new float[rows.channels()];
      lines.floats().get(lines.base, factors).get(lines.base + factors.length, shifts);
      gate.after(factors, shifts);
    }
    return new NormGradient(rows, Cells.of(x), gate, kept == null ? null : Cells.of(kept), mean);
  }

  private static boolean isInOrder(View view, View x) {
    return view.layout().sameOrder(x.layout());
  }

  /** The gradient in the memory order of x; zeros where there is none. */
  private View gradient(Staging staging, View gradient, View x) {
    if (gradient != null) {
      return ordered(staging, gradient, x);
    }
    View zeros = like(staging, x);
    copies.fill(zeros, 0);
    return zeros;
  }

  private View ordered(Staging staging, View view, View x) {
    if (isInOrder(view, x)) {
      return view;
    }
    View ordered = like(staging, x);
    copies.copy(view, ordered);
    return ordered;
  }

  private static View like(Staging staging, View x) {
    Layout layout = x.layout();
    return staging.like(x).with(Layout.of(layout.shape(), layout.strides(), 0));
  }
}
