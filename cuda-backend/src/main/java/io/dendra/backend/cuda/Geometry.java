package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.Arrays;

/**
 * How a kernel walks operands of one shape: their dimensions in the order of the last operand's
 * memory, those merged that follow each other in all operands, and the strides of each operand.
 *
 * <p>On the device it is the structure {@code Geometry<N>} of {@code common.cu}.
 */
final class Geometry {
  /** As many dimensions as the structure has room for. */
  static final int MAX_RANK = 10;

  private static final long NARROW = Integer.MAX_VALUE;

  private final int rank;
  private final long size;
  private final long[] dims = new long[MAX_RANK];
  private final long[][] strides;
  private final boolean narrow;

  private Geometry(Layout... layouts) {
    Layout order = layouts[layouts.length - 1];
    size = order.size();
    strides = new long[layouts.length][MAX_RANK];
    int merged = 0;
    for (int axis : byFallingStride(order)) {
      long dim = order.shape().dim(axis);
      if (dim == 1) {
        continue;
      }
      if (merged > 0 && follows(layouts, merged - 1, axis, dim)) {
        dims[merged - 1] *= dim;
        for (int k = 0; k < layouts.length; k++) {
          strides[k][merged - 1] = layouts[k].stride(axis);
        }
        continue;
      }
      if (merged == MAX_RANK) {
        throw new BackendException(
            "cuda kernels take up to "
                + MAX_RANK
                + " dimensions that cannot be merged, given "
                + order.shape()
                + ": make the operand contiguous first");
      }
      dims[merged] = dim;
      for (int k = 0; k < layouts.length; k++) {
        strides[k][merged] = layouts[k].stride(axis);
      }
      merged++;
    }
    rank = merged;
    narrow = fitsInt();
  }

  static Geometry of(View... views) {
    Layout[] layouts = new Layout[views.length];
    for (int i = 0; i < views.length; i++) {
      layouts[i] = views[i].layout();
    }
    return new Geometry(layouts);
  }

  static Geometry of(Layout... layouts) {
    return new Geometry(layouts);
  }

  private static int[] byFallingStride(Layout layout) {
    int n = layout.rank();
    int[] axes = new int[n];
    for (int i = 0; i < n; i++) {
      int at = i;
      while (at > 0 && layout.stride(axes[at - 1]) < layout.stride(i)) {
        axes[at] = axes[at - 1];
        at--;
      }
      axes[at] = i;
    }
    return axes;
  }

  /** Whether the axis continues the merged dimension in every operand. */
  private boolean follows(Layout[] layouts, int at, int axis, long dim) {
    for (int k = 0; k < layouts.length; k++) {
      if (strides[k][at] != layouts[k].stride(axis) * dim) {
        return false;
      }
    }
    return true;
  }

  private boolean fitsInt() {
    if (size > NARROW) {
      return false;
    }
    for (long[] operand : strides) {
      long last = 0;
      for (int i = 0; i < rank; i++) {
        last += (dims[i] - 1) * operand[i];
      }
      if (last > NARROW) {
        return false;
      }
    }
    return true;
  }

  /** The number of merged dimensions. */
  int rank() {
    return rank;
  }

  /** The length of a merged dimension, counted from the outermost. */
  long dim(int dimension) {
    return dims[dimension];
  }

  /** The step of an operand along a merged dimension. */
  long stride(int operand, int dimension) {
    return strides[operand][dimension];
  }

  /** The number of elements. */
  long size() {
    return size;
  }

  /** Whether places fit into 32 bits. */
  boolean isNarrow() {
    return narrow;
  }

  /** Whether every operand is one gapless range in one order. */
  boolean isDense() {
    if (rank == 0) {
      return true;
    }
    if (rank > 1) {
      return false;
    }
    for (long[] operand : strides) {
      if (operand[0] != 1) {
        return false;
      }
    }
    return true;
  }

  /** The structure, as the kernels read it. */
  long[] words() {
    return words(strides.length);
  }

  /** The structure for the first few of the operands. */
  long[] words(int operands) {
    long[] words = new long[2 + MAX_RANK * (1 + operands)];
    words[0] = rank;
    words[1] = size;
    System.arraycopy(dims, 0, words, 2, MAX_RANK);
    for (int k = 0; k < operands; k++) {
      System.arraycopy(strides[k], 0, words, 2 + MAX_RANK * (k + 1), MAX_RANK);
    }
    return words;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(dims, rank)) + " strides " + Arrays.deepToString(strides);
  }
}
