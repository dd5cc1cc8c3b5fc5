package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.nio.IntBuffer;

/**
 * The gradient of relu by its input in one pass. It looks at bits as integers, for which there are
 * vector instructions where there are none for a choice between floats: {@code (-b & ~b & (b - c))
 * >> 31} is all ones where the float of the bits b is above zero and a number, else 0.
 */
final class ReluGradKernel implements FusedKernel {
  private static final int COST = 2;
  private static final int ABOVE_INFINITE = 0x7f800001;
  private static final int LENGTH = 1024;
  private static final int WORTH_COPYING = 32;
  private static final ThreadLocal<int[][]> OWN = ThreadLocal.withInitial(() -> new int[2][LENGTH]);

  private final CpuPool pool;

  ReluGradKernel(CpuPool pool) {
    this.pool = pool;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    Cells y = Cells.of(inputs[0]);
    Cells g = Cells.of(inputs[1]);
    Cells d = Cells.of(outputs[0]);
    IntBuffer values = y.memory.ints;
    IntBuffer gradients = g.memory.ints;
    IntBuffer to = d.memory.ints;
    Loop.Row row =
        (n, at, step) -> {
          if (n >= WORTH_COPYING && step[0] == 1 && step[1] == 1 && step[2] == 1) {
            dense(values, at[0], gradients, at[1], to, at[2], n);
            return;
          }
          int p = at[0];
          int q = at[1];
          int r = at[2];
          for (int i = 0; i < n; i++) {
            int bits = values.get(p);
            to.put(r, gradients.get(q) & (-bits & ~bits & (bits - ABOVE_INFINITE)) >> 31);
            p += step[0];
            q += step[1];
            r += step[2];
          }
        };
    Loop.of(inputs[0], inputs[1], outputs[0]).run(pool, COST, row, y.base, g.base, d.base);
  }

  private static void dense(IntBuffer y, int p, IntBuffer g, int q, IntBuffer to, int r, int n) {
    int[] values = OWN.get()[0];
    int[] gradients = OWN.get()[1];
    for (int i = 0; i < n; i += LENGTH) {
      int count = Math.min(LENGTH, n - i);
      y.get(p + i, values, 0, count);
      g.get(q + i, gradients, 0, count);
      mask(values, gradients, count);
      to.put(r + i, gradients, 0, count);
    }
  }

  private static void mask(int[] values, int[] gradients, int n) {
    for (int i = 0; i < n; i++) {
      int bits = values[i];
      gradients[i] &= (-bits & ~bits & (bits - ABOVE_INFINITE)) >> 31;
    }
  }
}
