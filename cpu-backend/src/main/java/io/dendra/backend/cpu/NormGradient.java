package io.dendra.backend.cpu;

import java.util.Arrays;

/** The two passes of the gradient of batch normalisation over rows of channels. */
final class NormGradient {
  /** So many blocks are summed up in float32 before they are added in float64. */
  private static final int JOINED = 64;

  private final ChannelRows rows;
  private final Cells x;
  private final Cells g;
  private final ReluGate gate;
  private final Cells kept;
  private final float[] mean;

  NormGradient(ChannelRows rows, Cells x, Cells g, double[] mean) {
    this(rows, x, g, null, null, mean);
  }

  /**
   * Of gradients that come through a relu.
   *
   * @param kept where to write them as they are behind it, or null
   */
  NormGradient(ChannelRows rows, Cells x, ReluGate gate, Cells kept, double[] mean) {
    this(rows, x, null, gate, kept, mean);
  }

  private NormGradient(
      ChannelRows rows, Cells x, Cells g, ReluGate gate, Cells kept, double[] mean) {
    this.rows = rows;
    this.x = x;
    this.g = g;
    this.gate = gate;
    this.kept = kept;
    float[] rounded = new float[mean.length];
    for (int c = 0; c < rounded.length; c++) {
      rounded[c] = (float) mean[c];
    }
    this.mean = rows.repeated(rounded);
  }

  /** {@code Σ g} and {@code Σ g (x - mean)} of each channel. */
  double[][] sums() {
    Sums[] parts = new Sums[rows.parts()];
    rows.run(
        part -> {
          parts[part] = new Sums();
          return parts[part];
        });
    Sums all = parts[0];
    all.join();
    for (int part = 1; part < parts.length; part++) {
      parts[part].join();
      for (int c = 0; c < rows.channels(); c++) {
        all.first[c] += parts[part].first[c];
        all.second[c] += parts[part].second[c];
      }
    }
    return new double[][] {all.first, all.second};
  }

  /** Reads blocks of operands and gradients for one thread. */
  private final class Operands {
    private final ReluGate.Reader through = gate == null ? null : gate.new Reader();

    void read(int at, int count, float[] values, float[] gradients) {
      int n = count * rows.channels();
      x.floats().get(x.base + at, values, 0, n);
      if (through == null) {
        g.floats().get(g.base + at, gradients, 0, n);
      } else {
        through.read(at, count, values, gradients);
      }
    }
  }

  /** The sums of one part of the rows. */
  private final class Sums implements ChannelRows.Block {
    final double[] first = new double[rows.channels()];
    final double[] second = new double[rows.channels()];
    private final float[] values = new float[rows.length()];
    private final float[] gradients = new float[rows.length()];
    private final float[] sum = new float[rows.length()];
    private final float[] product = new float[rows.length()];
    private final Operands operands = new Operands();
    private int blocks;

    @Override
    public void run(int at, int count) {
      int n = count * rows.channels();
      operands.read(at, count, values, gradients);
      if (kept != null) {
        kept.floats().put(kept.base + at, gradients, 0, n);
      }
      add(values, gradients, mean, sum, product, n);
      if (++blocks == JOINED) {
        join();
      }
    }

    void join() {
      rows.fold(sum);
      rows.fold(product);
      for (int c = 0; c < first.length; c++) {
        first[c] += sum[c];
        second[c] += product[c];
      }
      Arrays.fill(sum, 0);
      Arrays.fill(product, 0);
      blocks = 0;
    }
  }

  private static void add(
      float[] x, float[] gradient, float[] mean, float[] sum, float[] product, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += gradient[i];
      product[i] += gradient[i] * (x[i] - mean[i]);
    }
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
          Operands operands = new Operands();
          return (at, count) -> {
            int n = count * rows.channels();
            operands.read(at, count, values, gradients);
            combine(gradients, ofGradient, values, mean, ofDistance, constant, n);
            to.floats().put(to.base + at, gradients, 0, n);
          };
        });
  }

  private static void combine(
      float[] g, float[] a, float[] x, float[] mean, float[] b, float[] k, int n) {
    for (int i = 0; i < n; i++) {
      g[i] = a[i] * g[i] + b[i] * (x[i] - mean[i]) + k[i];
    }
  }
}
