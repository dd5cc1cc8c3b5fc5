package io.dendra.backend.reference;

import io.dendra.tensor.Layout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Walks several layouts of one shape together, a run of evenly spaced elements at a time.
 *
 * <p>Dimensions that lie one behind the other in all layouts are merged first, so that contiguous
 * operands are walked in a few long runs.
 *
 * <pre>{@code
 * Odometer runs = Odometer.inOrder(a.layout(), b.layout());
 * while (runs.next()) {
 *   // runs.length() elements from runs.at(0) by runs.step(0) in a, and so on
 * }
 * }</pre>
 */
final class Odometer {
  /** The most elements in a run: what fits in a small temporary array. */
  static final int MAX_RUN = 1024;

  private final int maxRun;
  private final long[] dims;
  private final long[][] strides;
  private final long[] start;
  private final long[] at;
  private final long[] index;
  private boolean started;
  private int length;

  private Odometer(int maxRun, boolean sorted, Layout... layouts) {
    this.maxRun = maxRun;
    int operands = layouts.length;
    int rank = layouts[0].rank();
    int[] order = sorted ? byFallingStride(layouts[0]) : identity(rank);
    // With a place for the run even when there is no dimension.
    long[] merged = new long[rank + 1];
    long[][] steps = new long[operands][rank + 1];
    int count = 0;
    for (int axis : order) {
      long dim = layouts[0].shape().dim(axis);
      if (dim == 1) {
        continue;
      }
      if (count > 0 && follows(layouts, axis, dim, steps, count - 1)) {
        merged[count - 1] *= dim;
        count--;
      } else {
        merged[count] = dim;
      }
      for (int k = 0; k < operands; k++) {
        steps[k][count] = layouts[k].stride(axis);
      }
      count++;
    }
    if (count == 0) {
      merged[count++] = 1;
    }
    dims = Arrays.copyOf(merged, count);
    strides = steps;
    index = new long[count];
    start = new long[operands];
    at = new long[operands];
    for (int k = 0; k < operands; k++) {
      start[k] = layouts[k].offset();
    }
  }

  /** Runs in row-major order of the shape. */
  static Odometer inOrder(Layout... layouts) {
    return new Odometer(MAX_RUN, false, layouts);
  }

  /** Runs in the memory order of the first layout, for work in which order does not matter. */
  static Odometer anyOrder(Layout... layouts) {
    return new Odometer(MAX_RUN, true, layouts);
  }

  /** One element at a time, in row-major order of the shape. */
  static Odometer single(Layout... layouts) {
    return new Odometer(1, false, layouts);
  }

  /** One element at a time over all dimensions but one. */
  static Odometer across(int axis, Layout... layouts) {
    Layout[] without = new Layout[layouts.length];
    for (int k = 0; k < layouts.length; k++) {
      without[k] = layouts[k].permute(others(layouts[k].rank(), axis));
    }
    return single(without);
  }

  /** The dimensions that are not among the given ones. */
  static int[] others(int rank, int... axes) {
    return IntStream.range(0, rank)
        .filter(i -> Arrays.stream(axes).noneMatch(axis -> axis == i))
        .toArray();
  }

  /** Begins again, from other places in the buffers. */
  void restart(long... offsets) {
    System.arraycopy(offsets, 0, start, 0, start.length);
    started = false;
  }

  /** Goes to the next run; false when there is none. */
  boolean next() {
    if (!started) {
      return begin();
    }
    long step = length;
    for (int d = dims.length - 1; d >= 0; d--) {
      index[d] += step;
      boolean within = index[d] < dims[d];
      long move = within ? step : step - index[d];
      for (int k = 0; k < at.length; k++) {
        at[k] += move * strides[k][d];
      }
      if (within) {
        setLength();
        return true;
      }
      index[d] = 0;
      step = 1;
    }
    return false;
  }

  private boolean begin() {
    for (long dim : dims) {
      if (dim == 0) {
        return false;
      }
    }
    Arrays.fill(index, 0);
    System.arraycopy(start, 0, at, 0, at.length);
    started = true;
    setLength();
    return true;
  }

  private void setLength() {
    int last = dims.length - 1;
    length = (int) Math.min(maxRun, dims[last] - index[last]);
  }

  /** The number of elements in this run. */
  int length() {
    return length;
  }

  /** The number of layouts walked together. */
  int operands() {
    return at.length;
  }

  /** Where the run begins in an operand. */
  int at(int operand) {
    return (int) at[operand];
  }

  /** The distance of the run's elements in an operand. */
  int step(int operand) {
    return (int) strides[operand][dims.length - 1];
  }

  private static boolean follows(
      Layout[] layouts, int axis, long dim, long[][] steps, int previous) {
    for (int k = 0; k < layouts.length; k++) {
      if (steps[k][previous] != layouts[k].stride(axis) * dim) {
        return false;
      }
    }
    return true;
  }

  private static int[] identity(int rank) {
    return others(rank);
  }

  private static int[] byFallingStride(Layout layout) {
    int[] order = identity(layout.rank());
    for (int i = 1; i < order.length; i++) {
      int axis = order[i];
      int j = i;
      for (; j > 0 && layout.stride(order[j - 1]) < layout.stride(axis); j--) {
        order[j] = order[j - 1];
      }
      order[j] = axis;
    }
    return order;
  }
}
