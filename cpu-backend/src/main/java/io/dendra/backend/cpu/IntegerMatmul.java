package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/** Matrix products of integers, for which the native libraries have no kernel. */
final class IntegerMatmul {
  private final CpuPool pool;

  IntegerMatmul(CpuPool pool) {
    this.pool = pool;
  }

  void matmul(View a, View b, View out) {
    int rank = out.shape().rank();
    int k = Math.toIntExact(a.shape().dim(rank - 1));
    int stepA = (int) a.layout().stride(rank - 1);
    int stepB = (int) b.layout().stride(rank - 2);
    Cells left = Cells.of(a);
    Cells right = Cells.of(b);
    Cells to = Cells.of(out);
    long[] dims = out.shape().dims();
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int p = at[0] + i * step[0];
            int q = at[1] + i * step[1];
            long sum = 0;
            for (int j = 0; j < k; j++) {
              sum += left.getLong(p + j * stepA) * right.getLong(q + j * stepB);
            }
            to.setLong(at[2] + i * step[2], sum);
          }
        };
    Loop.of(
            dims,
            across(a.layout(), rank - 1),
            across(b.layout(), rank - 2),
            out.layout().strides())
        .run(pool, Math.max(1, k) * 3L, row, left.base, right.base, to.base);
  }

  /** The strides as the output is walked: its row or column alone moves in an operand. */
  private static long[] across(Layout layout, int axis) {
    long[] strides = layout.strides();
    strides[axis] = 0;
    return strides;
  }
}
