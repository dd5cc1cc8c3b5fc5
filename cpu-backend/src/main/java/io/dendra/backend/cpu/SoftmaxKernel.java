package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/** Softmax or its logarithm over the last axis, row by row. */
final class SoftmaxKernel implements FusedKernel {
  private static final int COST = 10;

  private final CpuPool pool;
  private final Copies copies;
  private final boolean logarithm;

  SoftmaxKernel(CpuPool pool, Copies copies, boolean logarithm) {
    this.pool = pool;
    this.copies = copies;
    this.logarithm = logarithm;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Cells x = Cells.of(staging.in(inputs[0]));
      Cells y = Cells.of(staging.out(outputs[0]));
      int length = (int) inputs[0].shape().dim(-1);
      rows(
          inputs[0],
          row -> {
            int p = (int) (x.base + row * length);
            int q = (int) (y.base + row * length);
            row(x.floats(), p, y.floats(), q, length);
          });
      staging.finish();
    }
  }

  private interface Row {
    void run(long row);
  }

  private void rows(View view, Row body) {
    long length = view.shape().dim(-1);
    long rows = length == 0 ? 0 : view.layout().size() / length;
    pool.ranges(
        rows,
        length * COST,
        (from, to) -> {
          for (long row = from; row < to; row++) {
            body.run(row);
          }
        });
  }

  private void row(FloatBuffer x, int p, FloatBuffer y, int q, int n) {
    float max = max(x, p, n);
    double sum = 0;
    if (logarithm) {
      for (int i = 0; i < n; i++) {
        sum += Math.exp(x.get(p + i) - max);
      }
      double shift = max + Math.log(sum);
      for (int i = 0; i < n; i++) {
        y.put(q + i, (float) (x.get(p + i) - shift));
      }
    } else {
      for (int i = 0; i < n; i++) {
        double e = Math.exp(x.get(p + i) - max);
        sum += e;
        y.put(q + i, (float) e);
      }
      float scale = (float) (1 / sum);
      for (int i = 0; i < n; i++) {
        y.put(q + i, y.get(q + i) * scale);
      }
    }
  }

  static float max(FloatBuffer x, int p, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x.get(p + i));
    }
    return max;
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /** {@code y (g - Σ g y)}, or {@code g - e^y Σ g} for the logarithm. */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] == null) {
      return;
    }
    try (Staging staging = new Staging(copies)) {
      Cells y = Cells.of(staging.in(outputs[0]));
      Cells g = Cells.of(staging.in(gradOutputs[0]));
      Cells d = Cells.of(staging.out(gradInputs[0]));
      int length = (int) outputs[0].shape().dim(-1);
      rows(
          outputs[0],
          row -> {
            int at = (int) (row * length);
            gradient(
                y.floats(), y.base + at, g.floats(), g.base + at, d.floats(), d.base + at, length);
          });
      staging.finish();
    }
  }

  private void gradient(FloatBuffer y, int p, FloatBuffer g, int q, FloatBuffer d, int r, int n) {
    double sum = 0;
    if (logarithm) {
      for (int i = 0; i < n; i++) {
        sum += g.get(q + i);
      }
      for (int i = 0; i < n; i++) {
        d.put(r + i, (float) (g.get(q + i) - Math.exp(y.get(p + i)) * sum));
      }
    } else {
      for (int i = 0; i < n; i++) {
        sum += (double) g.get(q + i) * y.get(p + i);
      }
      for (int i = 0; i < n; i++) {
        d.put(r + i, (float) (y.get(p + i) * (g.get(q + i) - sum)));
      }
    }
  }
}
