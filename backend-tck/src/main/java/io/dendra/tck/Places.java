package io.dendra.tck;

import io.dendra.tensor.Layout;

/** Where the elements of a layout lie, in logical order. */
final class Places {
  private Places() {}

  static long[] of(Layout layout) {
    long[] places = new long[Math.toIntExact(layout.size())];
    long[] index = new long[layout.rank()];
    for (int i = 0; i < places.length; i++) {
      long place = layout.offset();
      for (int axis = 0; axis < index.length; axis++) {
        place += index[axis] * layout.stride(axis);
      }
      places[i] = place;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        if (++index[axis] < layout.shape().dim(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
    return places;
  }
}
