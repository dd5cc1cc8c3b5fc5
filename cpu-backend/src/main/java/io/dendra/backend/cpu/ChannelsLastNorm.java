package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp.BatchNorm;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * Batch normalisation of float32 with the channels last, and what may follow it: a sum with another
 * operand, and relu. Three passes over memory forward, and two backward.
 */
final class ChannelsLastNorm implements FusedKernel {
  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;
  private final boolean relu;
  private final boolean residual;

  ChannelsLastNorm(CpuPool pool, Copies copies, BatchNorm op) {
    this.pool = pool;
    this.copies = copies;
    this.epsilon = op.epsilon();
    this.relu = op.epilogue() == Epilogue.RELU;
    this.residual = op.residual();
  }

  /** Whether operands of this geometry are taken. */
  static boolean takes(BatchNorm op, View x) {
    boolean ends = op.epilogue() == Epilogue.NONE || op.epilogue() == Epilogue.RELU;
    return ends && x.layout().size() > 0 && Channels.areLast(x);
  }

  private ChannelRows rows(View x) {
    int channels = Math.toIntExact(x.shape().dim(1));
    return new ChannelRows(pool, x.layout().size() / channels, channels);
  }

  /** The factor of the normalised input, and what is added, for each channel. */
  private record Line(float[] factor, float[] shift) {
    static Line of(double[] mean, double[] variance, View gamma, View beta, double epsilon) {
      double[] scales = BatchNormKernel.load(gamma, mean.length);
      double[] shifts = BatchNormKernel.load(beta, mean.length);
      float[] factor = new float[mean.length];
      float[] shift = new float[mean.length];
      for (int c = 0; c < mean.length; c++) {
        double slope = scales[c] / Math.sqrt(variance[c] + epsilon);
        factor[c] = (float) slope;
        shift[c] = (float) (shifts[c] - mean[c] * slope);
      }
      return new Line(factor, shift);
    }
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Ordered ordered = new Ordered(copies, inputs[0])) {
      View x = inputs[0];
      ChannelRows rows = rows(x);
      Cells from = Cells.of(x);
      Cells added = residual ? Cells.of(ordered.in(inputs[3])) : null;
      Cells to = Cells.of(ordered.out(outputs[0]));
      Moments moments = Moments.of(rows, from);
      double[] variance = moments.squares;
      for (int c = 0; c < variance.length; c++) {
        variance[c] /= rows.rows();
      }
      Line line = Line.of(moments.mean, variance, inputs[1], inputs[2], epsilon);
      float[] factor = rows.repeated(line.factor);
      float[] shift = rows.repeated(line.shift);
      rows.run(
          part -> {
            float[] block = new float[rows.length()];
            float[] other = new float[residual ? rows.length() : 0];
            return (at, count) -> {
              int n = count * rows.channels();
              from.floats().get(from.base + at, block, 0, n);
              affine(block, factor, shift, n);
              if (residual) {
                added.floats().get(added.base + at, other, 0, n);
                add(block, other, n);
              }
              if (relu) {
                relu(block, n);
              }
              to.floats().put(to.base + at, block, 0, n);
            };
          });
      BatchNormKernel.store(moments.mean, outputs[1]);
      BatchNormKernel.store(variance, outputs[2]);
      ordered.finish();
    }
  }

  private static void affine(float[] x, float[] factor, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * factor[i] + shift[i];
    }
  }

  private static void add(float[] x, float[] other, int n) {
    for (int i = 0; i < n; i++) {
      x[i] += other[i];
    }
  }

  private static void relu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(0f, x[i]);
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /**
   * {@code gamma / deviation (g - mean(g) - (x - mean) mean(g (x - mean)) / deviation²)}, and what
   * flows in through the mean and the variance; g is 0 where relu was.
   */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Ordered ordered = new Ordered(copies, inputs[0])) {
      View x = inputs[0];
      ChannelRows rows = rows(x);
      int n = rows.channels();
      double[] mean = BatchNormKernel.load(outputs[1], n);
      double[] variance = BatchNormKernel.load(outputs[2], n);
      View g = gradOutputs[0] == null ? ordered.zeros() : ordered.in(gradOutputs[0]);
      // With a second operand, its gradient is what the epilogue lets through: kept for later.
      View through =
          !residual || !relu
              ? null
              : gradInputs[3] == null ? ordered.like() : ordered.out(gradInputs[3]);
      View y = through == null ? null : ordered.in(outputs[0]);
      NormGradient gradient = new NormGradient(rows, Cells.of(x), Cells.of(g), floats(mean));
      if (relu && through == null) {
        Line line = Line.of(mean, variance, inputs[1], inputs[2], epsilon);
        gradient.behindRelu(line.factor, line.shift);
      }
      if (through != null) {
        gradient.behindRelu(Cells.of(y), Cells.of(through));
      }
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
      if (gradInputs[0] != null) {
        gradient.combine(a, b, k, Cells.of(ordered.out(gradInputs[0])));
      }
      if (residual && !relu && gradInputs[3] != null) {
        copies.copy(g, gradInputs[3]);
      }
      ordered.finish();
    }
  }

  private static float[] floats(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /** Operands in the memory order of x, copied where they have another. */
  private static final class Ordered implements AutoCloseable {
    private final Copies copies;
    private final Staging staging;
    private final View model;
    private View made;
    private View target;
    private View made2;
    private View target2;

    Ordered(Copies copies, View model) {
      this.copies = copies;
      this.staging = new Staging(copies);
      this.model = model;
    }

    View like() {
      Layout layout = model.layout();
      return staging.like(model).with(Layout.of(layout.shape(), layout.strides(), 0));
    }

    View zeros() {
      View zeros = like();
      copies.fill(zeros, 0);
      return zeros;
    }

    View in(View view) {
      if (view.layout().sameOrder(model.layout())) {
        return view;
      }
      View ordered = like();
      copies.copy(view, ordered);
      return ordered;
    }

    View out(View view) {
      if (view.layout().sameOrder(model.layout())) {
        return view;
      }
      View ordered = like();
      if (target == null) {
        made = ordered;
        target = view;
      } else {
        made2 = ordered;
        target2 = view;
      }
      return ordered;
    }

    void finish() {
      if (target != null) {
        copies.copy(made, target);
      }
      if (target2 != null) {
        copies.copy(made2, target2);
      }
    }

    @Override
    public void close() {
      staging.close();
    }
  }
}
