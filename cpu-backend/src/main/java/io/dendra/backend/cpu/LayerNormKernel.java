package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/** Normalisation of each row (Ba et al., "Layer Normalization", 2016). */
final class LayerNormKernel implements FusedKernel {
  private static final int COST = 6;

  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;

  LayerNormKernel(CpuPool pool, Copies copies, double epsilon) {
    this.pool = pool;
    this.copies = copies;
    this.epsilon = epsilon;
  }

  /** The mean of a row and one over its standard deviation, into {@code result}. */
  private void moments(FloatBuffer x, int at, int n, double[] result) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x.get(at + i);
    }
    double mean = sum / n;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double distance = x.get(at + i) - mean;
      squares += distance * distance;
    }
    result[0] = mean;
    result[1] = 1 / Math.sqrt(squares / n + epsilon);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Cells from = Cells.of(staging.in(inputs[0]));
      Cells scales = Cells.of(staging.in(inputs[1]));
      Cells shifts = Cells.of(staging.in(inputs[2]));
      Cells to = Cells.of(staging.out(outputs[0]));
      FloatBuffer x = from.floats();
      FloatBuffer y = to.floats();
      FloatBuffer gamma = scales.floats();
      FloatBuffer beta = shifts.floats();
      int n = (int) inputs[0].shape().dim(1);
      pool.ranges(
          inputs[0].shape().dim(0),
          (long) n * COST,
          (first, last) -> {
            double[] moments = new double[2];
            for (long row = first; row < last; row++) {
              int p = (int) (from.base + row * n);
              int q = (int) (to.base + row * n);
              moments(x, p, n, moments);
              float mean = (float) moments[0];
              float inverse = (float) moments[1];
              for (int i = 0; i < n; i++) {
                float normal = (x.get(p + i) - mean) * inverse;
                y.put(q + i, normal * gamma.get(scales.base + i) + beta.get(shifts.base + i));
              }
            }
          });
      staging.finish();
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /**
   * With {@code h = g gamma}: {@code (h - mean(h) - n mean(h n)) / deviation}, n the normal row.
   */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      Cells from = Cells.of(staging.in(inputs[0]));
      Cells scales = Cells.of(staging.in(inputs[1]));
      Cells gradient = Cells.of(staging.in(gradOutputs[0]));
      View dx = staging.out(gradInputs[0]);
      Cells to = dx == null ? null : Cells.of(dx);
      int n = (int) inputs[0].shape().dim(1);
      long rows = inputs[0].shape().dim(0);
      int parts = pool.parts(Math.max(1, rows), rows * n * 2 * COST);
      double[][] gammaSums = new double[parts][n];
      double[][] betaSums = new double[parts][n];
      pool.run(
          parts,
          part -> {
            double[] moments = new double[2];
            for (long row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
              int p = (int) (from.base + row * n);
              int q = (int) (gradient.base + row * n);
              moments(from.floats(), p, n, moments);
              Row one = new Row(from.floats(), p, gradient.floats(), q, scales, n, moments);
              one.sums(gammaSums[part], betaSums[part]);
              if (to != null) {
                one.gradient(to.floats(), (int) (to.base + row * n));
              }
            }
          });
      store(gammaSums, gradInputs[1]);
      store(betaSums, gradInputs[2]);
      staging.finish();
    }
  }

  /** Adds up the parts in order. */
  private static void store(double[][] sums, View out) {
    if (out == null) {
      return;
    }
    Cells to = Cells.of(out);
    int step = (int) out.layout().stride(0);
    for (int i = 0; i < sums[0].length; i++) {
      double total = 0;
      for (double[] part : sums) {
        total += part[i];
      }
      to.set(to.base + i * step, total);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Row(
      FloatBuffer x, int p, FloatBuffer g, int q, Cells scales, int n, double[] moments) {
    private double normal(int i) {
      return (x.get(p + i) - moments[0]) * moments[1];
    }

    void sums(double[] gamma, double[] beta) {
      for (int i = 0; i < n; i++) {
        double gradient = g.get(q + i);
        gamma[i] += gradient * normal(i);
        beta[i] += gradient;
      }
    }

    void gradient(FloatBuffer d, int r) {
      FloatBuffer gamma = scales.floats();
      double sum = 0;
      double product = 0;
      for (int i = 0; i < n; i++) {
        double scaled = (double) g.get(q + i) * gamma.get(scales.base + i);
        sum += scaled;
        product += scaled * normal(i);
      }
      sum /= n;
      product /= n;
      for (int i = 0; i < n; i++) {
        double scaled = (double) g.get(q + i) * gamma.get(scales.base + i);
        d.put(r + i, (float) ((scaled - sum - normal(i) * product) * moments[1]));
      }
    }
  }
}
