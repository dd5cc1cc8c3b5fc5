package io.dendra.backend.cpu;

/** The two passes of the gradient of batch normalisation over rows of channels. */
final class NormGradient {
  /** Its square lifts the least float above 1. */
  private static final float LIFT = 1e38f;

  private final ChannelRows rows;
  private final Cells x;
  private final float[] mean;
  private Cells g;
  private Cells y;
  private Cells through;
  private float[] factor;
  private float[] shift;

  NormGradient(ChannelRows rows, Cells x, Cells g, float[] mean) {
    this.rows = rows;
    this.x = x;
    this.g = g;
    this.mean = rows.repeated(mean);
  }

  /** The output was {@code relu(factor x + shift)}, which is computed again. */
  void behindRelu(float[] factors, float[] shifts) {
    factor = rows.repeated(factors);
    shift = rows.repeated(shifts);
  }

  /** The output of relu is y; the gradient of its input is to be kept. */
  void behindRelu(Cells output, Cells kept) {
    y = output;
    through = kept;
  }

  /** {@code Σ g} and {@code Σ g (x - mean)} of each channel. */
  double[][] sums() {
    double[][] first = new double[rows.parts()][rows.channels()];
    double[][] second = new double[rows.parts()][rows.channels()];
    rows.run(
        part -> {
          float[] values = new float[rows.length()];
          float[] gradients = new float[rows.length()];
          float[] open = new float[rows.length()];
          return (at, count) -> {
            int n = count * rows.channels();
            x.floats().get(x.base + at, values, 0, n);
            g.floats().get(g.base + at, gradients, 0, n);
            if (y != null) {
              y.floats().get(y.base + at, open, 0, n);
              pass(open, gradients, n);
              through.floats().put(through.base + at, gradients, 0, n);
            } else if (factor != null) {
              affine(values, factor, shift, open, n);
              pass(open, gradients, n);
            }
            products(values, gradients, mean, n);
            rows.fold(gradients, count);
            rows.fold(values, count);
            add(first[part], gradients);
            add(second[part], values);
          };
        });
    if (through != null) {
      g = through;
    }
    return new double[][] {ChannelRows.sum(first), ChannelRows.sum(second)};
  }

  /** {@code a g + b (x - mean) + k}. */
  void combine(float[] a, float[] b, float[] k, Cells to) {
    float[] ofGradient = rows.repeated(a);
    float[] ofDistance = rows.repeated(b);
    float[] constant = rows.repeated(k);
    rows.run(
        part -> {
          float[] values = new float[rows.length()];
          float[] gradients = new float[rows.length()];
          float[] open = new float[rows.length()];
          return (at, count) -> {
            int n = count * rows.channels();
            x.floats().get(x.base + at, values, 0, n);
            g.floats().get(g.base + at, gradients, 0, n);
            if (factor != null) {
              affine(values, factor, shift, open, n);
              pass(open, gradients, n);
            }
            combine(gradients, ofGradient, values, mean, ofDistance, constant, n);
            to.floats().put(to.base + at, gradients, 0, n);
          };
        });
  }

  /** As the forward pass computes it, to the bit. */
  private static void affine(float[] x, float[] factor, float[] shift, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = x[i] * factor[i] + shift[i];
    }
  }

  /** Keeps gradients where the value is above zero: a factor of 0 or 1, without a branch. */
  private static void pass(float[] value, float[] gradient, int n) {
    for (int i = 0; i < n; i++) {
      float lifted = Math.max(0f, value[i]) * LIFT * LIFT;
      gradient[i] *= Math.min(1f, lifted);
    }
  }

  private static void products(float[] x, float[] gradient, float[] mean, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = gradient[i] * (x[i] - mean[i]);
    }
  }

  private static void combine(
      float[] g, float[] a, float[] x, float[] mean, float[] b, float[] k, int n) {
    for (int i = 0; i < n; i++) {
      g[i] = a[i] * g[i] + b[i] * (x[i] - mean[i]) + k[i];
    }
  }

  private static void add(double[] sums, float[] row) {
    for (int c = 0; c < sums.length; c++) {
      sums[c] += row[c];
    }
  }
}
