package io.dendra.data;

import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.util.List;

/** Joins arrays along their first dimension. */
public final class Rows {
  private Rows() {}

  /**
   * The rows of all arrays, one array after the other.
   *
   * @throws DataException when the arrays differ in type or in another dimension
   */
  public static NDArray concatenate(List<NDArray> parts) {
    NDArray first = parts.get(0);
    long rows = 0;
    for (NDArray part : parts) {
      if (part.dtype() != first.dtype() || !rowShape(part).equals(rowShape(first))) {
        throw new DataException(
            "samples have to be alike: the first are "
                + first.dtype().label()
                + rowShape(first)
                + ", later ones "
                + part.dtype().label()
                + rowShape(part));
      }
      rows += part.shape().dim(0);
    }
    NDArray joined = NDArray.zeros(first.dtype(), rowShape(first).prepend(rows));
    int at = 0;
    for (NDArray part : parts) {
      System.arraycopy(part.array(), 0, joined.array(), at, part.size());
      at += part.size();
    }
    return joined;
  }

  private static Shape rowShape(NDArray array) {
    return array.shape().without(0);
  }
}
