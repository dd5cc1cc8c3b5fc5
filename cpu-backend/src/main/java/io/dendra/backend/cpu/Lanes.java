package io.dendra.backend.cpu;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.Arrays;

/** What works along one axis, lane by lane: places of extremes, running sums, sorting. */
final class Lanes {
  private final CpuPool pool;

  Lanes(CpuPool pool) {
    this.pool = pool;
  }

  /** Calls back with the place of each lane's first element in each view. */
  private void each(int axis, int cost, Loop.Row lane, Cells[] cells, View... views) {
    long[][] strides = new long[views.length][];
    int[] bases = new int[views.length];
    for (int k = 0; k < views.length; k++) {
      strides[k] = views[k].layout().strides();
      strides[k][axis] = 0;
      bases[k] = cells[k].base;
    }
    long[] dims = views[0].shape().dims();
    long length = dims[axis];
    dims[axis] = 1;
    Loop.of(dims, strides).run(pool, Math.max(1, length) * cost, lane, bases);
  }

  void argReduce(ArgReduceOp op, View in, int axis, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    int length = Math.toIntExact(in.shape().dim(axis));
    int stride = (int) in.layout().stride(axis);
    boolean max = op == ArgReduceOp.ARGMAX;
    boolean exact = in.dtype().isInteger();
    Loop.Row lane =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int start = at[0] + i * step[0];
            int best =
                exact
                    ? extremeInteger(from, start, stride, length, max)
                    : extreme(from, start, stride, length, max);
            to.memory.longs.put(at[1] + i * step[1], best);
          }
        };
    each(axis, 2, lane, new Cells[] {from, to}, in, out);
  }

  private static int extreme(Cells from, int start, int stride, int length, boolean max) {
    int best = 0;
    double extreme = from.get(start);
    for (int i = 1; i < length && !Double.isNaN(extreme); i++) {
      double value = from.get(start + i * stride);
      if (Double.isNaN(value)) {
        return i;
      }
      if (max ? value > extreme : value < extreme) {
        best = i;
        extreme = value;
      }
    }
    return best;
  }

  private static int extremeInteger(Cells from, int start, int stride, int length, boolean max) {
    int best = 0;
    long extreme = from.getLong(start);
    for (int i = 1; i < length; i++) {
      long value = from.getLong(start + i * stride);
      if (max ? value > extreme : value < extreme) {
        best = i;
        extreme = value;
      }
    }
    return best;
  }

  void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    int length = Math.toIntExact(in.shape().dim(axis));
    int inStep = (int) in.layout().stride(axis) * (reverse ? -1 : 1);
    int outStep = (int) out.layout().stride(axis) * (reverse ? -1 : 1);
    int inStart = reverse ? (length - 1) * -inStep : 0;
    int outStart = reverse ? (length - 1) * -outStep : 0;
    boolean exact = in.dtype().isInteger();
    Loop.Row lane =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int p = at[0] + i * step[0] + inStart;
            int q = at[1] + i * step[1] + outStart;
            if (exact) {
              sumIntegers(from, p, inStep, to, q, outStep, length, exclusive);
            } else {
              sum(from, p, inStep, to, q, outStep, length, exclusive);
            }
          }
        };
    each(axis, 3, lane, new Cells[] {from, to}, in, out);
  }

  private static void sum(
      Cells from, int p, int inStep, Cells to, int q, int outStep, int length, boolean exclusive) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double next = sum + from.get(p + i * inStep);
      to.set(q + i * outStep, exclusive ? sum : next);
      sum = next;
    }
  }

  private static void sumIntegers(
      Cells from, int p, int inStep, Cells to, int q, int outStep, int length, boolean exclusive) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      long next = sum + from.getLong(p + i * inStep);
      to.setLong(q + i * outStep, exclusive ? sum : next);
      sum = next;
    }
  }

  void topK(View in, int axis, boolean largest, View values, View indices) {
    Cells from = Cells.of(in);
    Cells toValues = Cells.of(values);
    Cells toIndices = Cells.of(indices);
    int length = Math.toIntExact(in.shape().dim(axis));
    int count = Math.toIntExact(values.shape().dim(axis));
    int stride = (int) in.layout().stride(axis);
    int valueStep = (int) values.layout().stride(axis);
    int indexStep = (int) indices.layout().stride(axis);
    int size = in.dtype().byteSize();
    Loop.Row lane =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int start = at[0] + i * step[0];
            int[] order = order(from, start, stride, length, largest);
            for (int j = 0; j < count; j++) {
              int value = at[1] + i * step[1] + j * valueStep;
              Copies.one(size, from.memory, start + order[j] * stride, toValues.memory, value);
              toIndices.memory.longs.put(at[2] + i * step[2] + j * indexStep, order[j]);
            }
          }
        };
    each(axis, 20, lane, new Cells[] {from, toValues, toIndices}, in, values, indices);
  }

  /** The places of a lane's elements in order; equals stay in the order of their places. */
  private static int[] order(Cells from, int start, int stride, int length, boolean falling) {
    int[] order = new int[length];
    if (from.dtype.byteSize() <= 4) {
      // The key fits beside the place in one long: sorted as primitives.
      long[] keyed = new long[length];
      for (int i = 0; i < length; i++) {
        long key = key32(from, start + i * stride);
        keyed[i] = ((falling ? -1 - key : key) << 32) | i;
      }
      Arrays.sort(keyed);
      for (int i = 0; i < length; i++) {
        order[i] = (int) keyed[i];
      }
      return order;
    }
    long[] keys = new long[length];
    Integer[] places = new Integer[length];
    for (int i = 0; i < length; i++) {
      long key = key64(from, start + i * stride);
      keys[i] = falling ? -1 - key : key;
      places[i] = i;
    }
    Arrays.sort(places, (a, b) -> Long.compare(keys[a], keys[b]));
    for (int i = 0; i < length; i++) {
      order[i] = places[i];
    }
    return order;
  }

  /** An int that orders as the element does: NaN greatest, the two zeros equal. */
  private static long key32(Cells from, int at) {
    if (from.dtype.isInteger() || from.dtype == DType.BOOL) {
      return from.getLong(at);
    }
    int bits = Float.floatToIntBits((float) from.get(at) + 0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }

  private static long key64(Cells from, int at) {
    if (from.dtype == DType.INT64) {
      return from.getLong(at);
    }
    long bits = Double.doubleToLongBits(from.get(at) + 0.0);
    return bits >= 0 ? bits : bits ^ Long.MAX_VALUE;
  }

  /** The view's layout without one axis. */
  static Layout without(Layout layout, int axis) {
    int rank = layout.rank();
    long[] strides = new long[rank - 1];
    for (int i = 0, j = 0; i < rank; i++) {
      if (i != axis) {
        strides[j++] = layout.stride(i);
      }
    }
    return Layout.of(layout.shape().without(axis), strides, layout.offset());
  }
}
