package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Softmax, or its logarithm, along the last axis. */
final class DnnSoftmaxKernel implements FusedKernel {
  private static final int COST = 2;

  private final DnnRows primitives;
  private final CpuPool pool;
  private final Copies copies;
  private final boolean logarithm;

  DnnSoftmaxKernel(DnnRows primitives, CpuPool pool, Copies copies, boolean logarithm) {
    this.primitives = primitives;
    this.pool = pool;
    this.copies = copies;
    this.logarithm = logarithm;
  }

  private static Pieces pieces(View view) {
    long columns = view.shape().dim(-1);
    return new Pieces(view.layout().size() / columns, columns);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      View from = staging.in(inputs[0]);
      View to = staging.out(outputs[0]);
      long x = CpuBuffer.address(from);
      long y = CpuBuffer.address(to);
      Cells operand = Cells.of(from);
      Cells result = Cells.of(to);
      Pieces pieces = pieces(to);
      int n = (int) pieces.columns();
      pieces.run(
          pool,
          COST,
          (first, rows) -> {
            int at = (int) (first * n);
            long start = Float.BYTES * first * n;
            primitives.softmax(rows, n).execute(x + start, y + start);
            int q = result.base + at;
            if (logarithm) {
              logarithms(operand.floats(), operand.base + at, result.floats(), q, (int) rows, n);
            } else {
              spreadNaN(result.floats(), q, (int) rows, n);
            }
          });
      staging.finish();
    }
  }

  /**
   * The logarithms of softmaxes: {@code (x - max) - log(sum)}, where the softmax of the greatest is
   * {@code 1 / sum}. oneDNN's own are off by some 1e-6, which is much for a small loss.
   */
  private static void logarithms(FloatBuffer x, int p, FloatBuffer y, int q, int rows, int n) {
    float[] row = HeapArrays.floats(n);
    for (int r = 0; r < rows; r++) {
      x.get(p + r * n, row, 0, n);
      float max = row[0];
      int place = 0;
      boolean anyNaN = false;
      for (int i = 0; i < n; i++) {
        float value = row[i];
        anyNaN |= Float.isNaN(value);
        if (value > max) {
          max = value;
          place = i;
        }
      }
      float least = anyNaN ? Float.NaN : (float) -Math.log(y.get(q + r * n + place));
      for (int i = 0; i < n; i++) {
        row[i] = (row[i] - max) - least;
      }
      y.put(q + r * n, row, 0, n);
    }
    HeapArrays.giveBack(row);
  }

  /** oneDNN leaves NaN where it was; by the definition all of its row is NaN. */
  static void spreadNaN(FloatBuffer y, int at, int rows, int n) {
    float[] row = HeapArrays.floats(n);
    float[] sums = HeapArrays.floats(n);
    Arrays.fill(sums, 0);
    for (int r = 0; r < rows; r++) {
      y.get(at + r * n, row, 0, n);
      for (int i = 0; i < n; i++) {
        sums[i] += row[i];
      }
    }
    boolean any = hasNaN(sums);
    for (int r = 0; any && r < rows; r++) {
      y.get(at + r * n, row, 0, n);
      if (hasNaN(row)) {
        Arrays.fill(row, Float.NaN);
        y.put(at + r * n, row, 0, n);
      }
    }
    HeapArrays.giveBack(row);
    HeapArrays.giveBack(sums);
  }

  private static boolean hasNaN(float[] values) {
    for (float value : values) {
      if (Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] == null) {
      return;
    }
    try (Staging staging = new Staging(copies)) {
      long y = CpuBuffer.address(staging.in(outputs[0]));
      long g = CpuBuffer.address(staging.in(gradOutputs[0]));
      long d = CpuBuffer.address(staging.out(gradInputs[0]));
      Pieces pieces = pieces(outputs[0]);
      long n = pieces.columns();
      pieces.run(
          pool,
          COST,
          (first, rows) -> {
            long at = 4 * first * n;
            primitives.softmaxGradient(logarithm, rows, n).execute(y + at, g + at, d + at);
          });
      staging.finish();
    }
  }
}
