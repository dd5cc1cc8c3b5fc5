package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * A walk over the elements of several operands of one shape at once, in the memory order of one of
 * them: dimensions that lie one behind the other in all operands are merged, the rest is nested,
 * and the innermost is handed out as rows.
 */
final class Loop {
  /** One row: {@code n} elements of operand k at {@code at[k], at[k] + step[k], …}. */
  interface Row {
    void run(int n, int[] at, int[] step);
  }

  private final int operands;
  private final int rank;
  private final long[] dims;
  private final long[][] strides;

  private Loop(int rank, long[] dims, long[][] strides) {
    this.operands = strides.length;
    this.rank = rank;
    this.dims = dims;
    this.strides = strides;
  }

  /** The walk in the order of the last operand. */
  static Loop of(View... views) {
    long[][] strides = new long[views.length][];
    for (int k = 0; k < views.length; k++) {
      strides[k] = views[k].layout().strides();
    }
    return of(views[0].shape().dims(), strides);
  }

  /** The walk over these dimensions in the order of the last strides; takes both arrays over. */
  static Loop of(long[] dims, long[]... strides) {
    long[] order = strides[strides.length - 1];
    int rank = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0) {
        return new Loop(1, new long[] {0}, new long[strides.length][1]);
      }
      if (dims[i] == 1) {
        continue;
      }
      int to = rank++;
      move(dims, strides, i, to);
      // Insertion by falling stride; dimensions are few.
      while (to > 0 && order[to - 1] < order[to]) {
        swap(dims, strides, to - 1, to);
        to--;
      }
    }
    if (rank == 0) {
      return new Loop(1, new long[] {1}, new long[strides.length][1]);
    }
    int last = 0;
    for (int i = 1; i < rank; i++) {
      if (merges(strides, last, i, dims[i])) {
        dims[last] *= dims[i];
        for (long[] s : strides) {
          s[last] = s[i];
        }
      } else {
        move(dims, strides, i, ++last);
      }
    }
    return new Loop(last + 1, dims, strides);
  }

  private static boolean merges(long[][] strides, int outer, int inner, long length) {
    for (long[] s : strides) {
      if (s[outer] != s[inner] * length) {
        return false;
      }
    }
    return true;
  }

  private static void move(long[] dims, long[][] strides, int from, int to) {
    dims[to] = dims[from];
    for (long[] s : strides) {
      s[to] = s[from];
    }
  }

  private static void swap(long[] dims, long[][] strides, int i, int j) {
    long dim = dims[i];
    dims[i] = dims[j];
    dims[j] = dim;
    for (long[] s : strides) {
      long stride = s[i];
      s[i] = s[j];
      s[j] = stride;
    }
  }

  long size() {
    long size = 1;
    for (int i = 0; i < rank; i++) {
      size *= dims[i];
    }
    return size;
  }

  /** The number of nested rows. */
  long rows() {
    long rows = 1;
    for (int i = 0; i < rank - 1; i++) {
      rows *= dims[i];
    }
    return rows;
  }

  /** The number of dimensions that are left. */
  int rank() {
    return rank;
  }

  /** The length of a dimension. */
  long length(int dimension) {
    return dims[dimension];
  }

  /** The step of an operand along a dimension. */
  long stride(int operand, int dimension) {
    return strides[operand][dimension];
  }

  /** Where a row of an operand starts, rows counted over all nested dimensions. */
  int offset(int operand, long row) {
    long rest = row;
    long offset = 0;
    for (int i = rank - 2; i >= 0; i--) {
      offset += rest % dims[i] * strides[operand][i];
      rest /= dims[i];
    }
    return (int) offset;
  }

  /** The length of a row. */
  int rowLength() {
    return Math.toIntExact(dims[rank - 1]);
  }

  /** The length of the outermost dimension. */
  long outerLength() {
    return dims[0];
  }

  /** The step of the last operand within a row. */
  long lastStep() {
    return strides[operands - 1][rank - 1];
  }

  /** Runs the rows of a range of the outermost dimension in the caller. */
  void run(long from, long to, Row row, int... bases) {
    part(from, to, row, bases);
  }

  /** Runs all rows in the caller. */
  void run(Row row, int... bases) {
    part(0, dims[0], row, bases);
  }

  /** Shares the rows out over the pool, each element costing that many simple steps. */
  void run(CpuPool pool, long cost, Row row, int... bases) {
    pool.ranges(dims[0], size() / Math.max(1, dims[0]) * cost, (a, b) -> part(a, b, row, bases));
  }

  private void part(long from, long to, Row row, int... bases) {
    if (from == to) {
      return;
    }
    int[] at = new int[operands];
    int[] step = new int[operands];
    for (int k = 0; k < operands; k++) {
      at[k] = (int) (bases[k] + from * strides[k][0]);
      step[k] = (int) strides[k][rank - 1];
    }
    if (rank == 1) {
      row.run(Math.toIntExact(to - from), at, step);
      return;
    }
    int n = rowLength();
    long[] index = new long[rank - 1];
    long first = to - from;
    while (true) {
      row.run(n, at, step);
      int d = rank - 2;
      while (true) {
        long length = d == 0 ? first : dims[d];
        index[d]++;
        for (int k = 0; k < operands; k++) {
          at[k] += (int) strides[k][d];
        }
        if (index[d] < length) {
          break;
        }
        for (int k = 0; k < operands; k++) {
          at[k] -= (int) (strides[k][d] * length);
        }
        index[d] = 0;
        if (--d < 0) {
          return;
        }
      }
    }
  }

  /** Whether the layouts lie over their memory in the same gapless way. */
  static boolean flat(Layout a, Layout b) {
    return a.sameOrder(b) && a.isDense();
  }
}
