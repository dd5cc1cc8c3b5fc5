package io.dendra.backend.cuda;

import io.dendra.tensor.Layout;

/** Choices of the dimensions of a layout. */
final class Axes {
  private Axes() {}

  /** The axes that are not among the given ones, in order. */
  static int[] others(int rank, int... axes) {
    boolean[] taken = new boolean[rank];
    for (int axis : axes) {
      taken[axis] = true;
    }
    int[] others = new int[rank - axes.length];
    int at = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (!taken[axis]) {
        others[at++] = axis;
      }
    }
    return others;
  }

  /** Whether the places of all elements fit into 31 bits. */
  static boolean isNarrow(Layout layout) {
    long last = 0;
    for (int axis = 0; axis < layout.rank(); axis++) {
      last += Math.max(0, layout.shape().dim(axis) - 1) * layout.stride(axis);
    }
    return last <= Integer.MAX_VALUE && layout.size() <= Integer.MAX_VALUE;
  }
}
