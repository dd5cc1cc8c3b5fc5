package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.Arrays;

/**
 * Reductions as Java loops. Floats are summed in double; the order of a sum depends on the shape
 * and the layout alone.
 */
final class Reductions {
  /** Elements that one accumulator of a sum over everything takes in. */
  private static final int BLOCK = 1 << 16;

  private final CpuPool pool;

  Reductions(CpuPool pool) {
    this.pool = pool;
  }

  void reduce(ReduceOp op, View in, int[] axes, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    Layout layout = in.layout();
    int rank = layout.rank();
    boolean[] reduced = new boolean[rank];
    for (int axis : axes) {
      reduced[axis] = true;
    }
    long[] kept = new long[rank];
    long[] gone = new long[rank];
    long[] outStrides = out.layout().strides();
    long[] inStrides = layout.strides();
    for (int i = 0; i < rank; i++) {
      kept[i] = reduced[i] ? 1 : layout.shape().dim(i);
      gone[i] = reduced[i] ? layout.shape().dim(i) : 1;
    }
    Loop outer = Loop.of(kept, outStrides, inStrides);
    Loop inner = Loop.of(gone, layout.strides());
    if (out.dtype().isInteger() || out.dtype() == DType.BOOL) {
      integers(op, from, to, outer, inner);
    } else if (outer.size() == 1 && inner.size() > BLOCK) {
      toOne(op, from, to, inner);
    } else {
      floats(op, from, to, outer, inner);
    }
  }

  /** Rows of outputs beside each other share one walk over what is reduced. */
  private void floats(ReduceOp op, Cells from, Cells to, Loop outer, Loop inner) {
    long cost = Math.max(1, inner.size());
    Loop.Row row =
        (n, at, step) -> {
          if ((inner.lastStep() == 1 && inner.rowLength() > 1) || n == 1) {
            for (int i = 0; i < n; i++) {
              Lane lane = new Lane(op, from);
              inner.run(lane, at[1] + i * step[1]);
              to.set(at[0] + i * step[0], lane.result);
            }
            return;
          }
          double[] sums = HeapArrays.doubles(n);
          Arrays.fill(sums, start(op));
          int across = step[1];
          inner.run(
              (m, place, stride) -> {
                if (op == ReduceOp.SUM && from.dtype == DType.FLOAT32 && across == 1) {
                  if (m == 1 || stride[0] == n) {
                    ChannelRows.sum(from.floats(), place[0], m, sums);
                    return;
                  }
                }
                for (int j = 0; j < m; j++) {
                  addRow(op, from, place[0] + j * stride[0], across, sums);
                }
              },
              at[1]);
          for (int i = 0; i < n; i++) {
            to.set(at[0] + i * step[0], sums[i]);
          }
          HeapArrays.giveBack(sums);
        };
    outer.run(pool, cost, row, to.base, from.base);
  }

  private static double start(ReduceOp op) {
    return switch (op) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
      case ANY, ALL -> throw new BackendException(op + " takes booleans only");
    };
  }

  private static double combine(ReduceOp op, double a, double b) {
    return switch (op) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case ANY, ALL -> throw new BackendException(op + " takes booleans only");
    };
  }

  private static void addRow(ReduceOp op, Cells from, int at, int step, double[] into) {
    if (op == ReduceOp.SUM && from.dtype == DType.FLOAT32) {
      var floats = from.floats();
      for (int i = 0; i < into.length; i++) {
        into[i] += floats.get(at + i * step);
      }
    } else {
      for (int i = 0; i < into.length; i++) {
        into[i] = combine(op, into[i], from.get(at + i * step));
      }
    }
  }

  /** Takes all elements handed to it to one. */
  private static final class Lane implements Loop.Row {
    private final ReduceOp op;
    private final Cells from;
    private double result;

    Lane(ReduceOp op, Cells from) {
      this.op = op;
      this.from = from;
      this.result = start(op);
    }

    @Override
    public void run(int n, int[] at, int[] step) {
      if (op == ReduceOp.SUM && from.dtype == DType.FLOAT32) {
        result += sum(n, at[0], step[0]);
        return;
      }
      double value = result;
      for (int i = 0; i < n; i++) {
        value = combine(op, value, from.get(at[0] + i * step[0]));
      }
      result = value;
    }

    /** Four accumulators, so that an addition need not wait for the one before. */
    private double sum(int n, int at, int step) {
      var floats = from.floats();
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = 0;
      for (; i + 3 < n; i += 4) {
        a += floats.get(at + i * step);
        b += floats.get(at + (i + 1) * step);
        c += floats.get(at + (i + 2) * step);
        d += floats.get(at + (i + 3) * step);
      }
      for (; i < n; i++) {
        a += floats.get(at + i * step);
      }
      return a + b + (c + d);
    }
  }

  /** A long reduction to one number in blocks of fixed length, their results combined in order. */
  private void toOne(ReduceOp op, Cells from, Cells to, Loop inner) {
    int blocks = (int) Math.min(inner.outerLength(), (inner.size() + BLOCK - 1) / BLOCK);
    double[] partial = new double[blocks];
    pool.ranges(
        blocks,
        BLOCK,
        (first, last) -> {
          for (int block = (int) first; block < last; block++) {
            Lane lane = new Lane(op, from);
            long length = inner.outerLength();
            inner.run(length * block / blocks, length * (block + 1) / blocks, lane, from.base);
            partial[block] = lane.result;
          }
        });
    double result = start(op);
    for (double value : partial) {
      result = combine(op, result, value);
    }
    to.set(to.base, result);
  }

  private void integers(ReduceOp op, Cells from, Cells to, Loop outer, Loop inner) {
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            long[] result = {integerStart(op, from.dtype)};
            inner.run(
                (m, place, stride) -> {
                  long value = result[0];
                  for (int j = 0; j < m; j++) {
                    value = combine(op, value, from.getLong(place[0] + j * stride[0]));
                  }
                  result[0] = value;
                },
                at[1] + i * step[1]);
            to.setLong(at[0] + i * step[0], result[0]);
          }
        };
    outer.run(pool, Math.max(1, inner.size()), row, to.base, from.base);
  }

  private static long integerStart(ReduceOp op, DType dtype) {
    boolean narrow = dtype == DType.INT32;
    return switch (op) {
      case SUM, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX -> narrow ? Integer.MIN_VALUE : Long.MIN_VALUE;
      case MIN -> narrow ? Integer.MAX_VALUE : Long.MAX_VALUE;
    };
  }

  private static long combine(ReduceOp op, long a, long b) {
    return switch (op) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case ANY -> a | b;
      case ALL -> a & b;
    };
  }
}
