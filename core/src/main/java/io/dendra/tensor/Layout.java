package io.dendra.tensor;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Where the elements of a tensor lie in its buffer: a shape, a stride per dimension and an offset,
 * all in elements.
 *
 * <p>Views such as transposed, sliced and broadcast tensors are layouts over the same buffer; a
 * broadcast dimension has stride 0. Instances are immutable.
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /** The row-major layout without gaps. */
  public static Layout contiguous(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape.dim(i));
    }
    return new Layout(shape, strides, 0);
  }

  /**
   * A layout of the given strides and offset.
   *
   * @throws IllegalArgumentException when the number of strides is not the rank
   */
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new IllegalArgumentException(
          "shape " + shape + " needs " + shape.rank() + " strides, given " + strides.length);
    }
    return new Layout(shape, strides.clone(), offset);
  }

  /**
   * The gapless layout of {@code shape} whose dimensions lie in memory in the order of {@code
   * model}'s, so that a channels_last operand gives a channels_last result. Falls back to row-major
   * when the ranks differ.
   */
  public static Layout inOrderOf(Layout model, Shape shape) {
    int rank = shape.rank();
    if (model.rank() != rank || (model.isContiguous() && !model.growsTo(shape))) {
      return contiguous(shape);
    }
    Integer[] order = new Integer[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = i;
    }
    // A stable sort by falling stride; broadcast dimensions keep their logical place beside the
    // dimension that follows them, and so do those of length 1. The stride of one that grows tells
    // where it belongs: images of one channel are channels_last or channels_first by it alone.
    long[] keys = model.strides.clone();
    boolean[] grows = new boolean[rank];
    for (int i = rank - 1; i >= 0; i--) {
      boolean one = model.shape.dim(i) == 1;
      if (keys[i] == 0 || (one && shape.dim(i) == 1)) {
        keys[i] = i + 1 < rank ? keys[i + 1] : 0;
      } else {
        grows[i] = one;
      }
    }
    Arrays.sort(
        order, Comparator.<Integer>comparingLong(i -> -keys[i]).thenComparing(i -> grows[i]));
    long[] strides = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      strides[order[i]] = stride;
      stride *= Math.max(1, shape.dim(order[i]));
    }
    return new Layout(shape, strides, 0);
  }

  private boolean growsTo(Shape other) {
    for (int i = 0; i < strides.length; i++) {
      if (shape.dim(i) == 1 && other.dim(i) > 1) {
        return true;
      }
    }
    return false;
  }

  /** The logical shape. */
  public Shape shape() {
    return shape;
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.rank();
  }

  /** The number of logical elements. */
  public long size() {
    return shape.size();
  }

  /** The step between neighbours along an axis, in elements. */
  public long stride(int axis) {
    return strides[axis];
  }

  /** The strides, as a new array. */
  public long[] strides() {
    return strides.clone();
  }

  /** The place of the first element in the buffer. */
  public long offset() {
    return offset;
  }

  /** Whether the elements lie in row-major order without gaps, from any offset. */
  public boolean isContiguous() {
    long expected = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      long dim = shape.dim(i);
      if (dim == 0) {
        return true;
      }
      if (dim != 1 && strides[i] != expected) {
        return false;
      }
      expected *= dim;
    }
    return true;
  }

  /** Whether the elements fill one range of the buffer without gap or overlap, in any order. */
  public boolean isDense() {
    long expected = 1;
    long done = 0;
    for (int n = 0; n < strides.length; n++) {
      int next = -1;
      for (int i = 0; i < strides.length; i++) {
        if (shape.dim(i) == 0) {
          return true;
        }
        if ((done >> i & 1) == 0 && (shape.dim(i) == 1 || strides[i] == expected)) {
          next = i;
          break;
        }
      }
      if (next < 0) {
        return false;
      }
      done |= 1L << next;
      expected *= shape.dim(next);
    }
    return true;
  }

  /** Whether elements are repeated: a dimension longer than 1 has stride 0. */
  public boolean isBroadcast() {
    for (int i = 0; i < strides.length; i++) {
      if (strides[i] == 0 && shape.dim(i) > 1) {
        return true;
      }
    }
    return false;
  }

  /** Whether the two have equal strides wherever a dimension is longer than 1. */
  public boolean sameOrder(Layout other) {
    if (!shape.equals(other.shape)) {
      return false;
    }
    for (int i = 0; i < strides.length; i++) {
      if (shape.dim(i) > 1 && strides[i] != other.strides[i]) {
        return false;
      }
    }
    return true;
  }

  /** The dimensions in the given order. */
  public Layout permute(int... axes) {
    long[] dims = new long[axes.length];
    long[] permuted = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      dims[i] = shape.dim(axes[i]);
      permuted[i] = strides[axes[i]];
    }
    return new Layout(Shape.of(dims), permuted, offset);
  }

  /** The elements {@code start, start + step, …} of one axis, {@code length} of them. */
  public Layout slice(int axis, long start, long length, long step) {
    long[] sliced = strides.clone();
    sliced[axis] *= step;
    // An empty slice keeps its offset: it may begin just past the last element.
    long moved = length == 0 ? offset : offset + start * strides[axis];
    return new Layout(shape.with(axis, length), sliced, moved);
  }

  /** This layout repeated over a larger shape, by NumPy's broadcasting, with stride 0. */
  public Layout expand(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    long[] expanded = new long[target.rank()];
    int lead = target.rank() - rank();
    for (int i = 0; i < rank(); i++) {
      expanded[lead + i] = shape.dim(i) == 1 && target.dim(lead + i) != 1 ? 0 : strides[i];
    }
    return new Layout(target, expanded, offset);
  }

  /**
   * The same elements under another shape of equal size as a view, or null when these strides
   * cannot express it and the elements have to be copied first.
   */
  public Layout reshape(Shape target) {
    if (isContiguous()) {
      return new Layout(target, contiguous(target).strides, offset);
    }
    long[] result = new long[target.rank()];
    int from = 0;
    int to = 0;
    // Match groups of old and new dimensions of equal size; within a group the old ones have to lie
    // one behind the other.
    while (from < rank() || to < target.rank()) {
      int fromEnd = from;
      int toEnd = to;
      long oldSize = 1;
      long newSize = 1;
      if (fromEnd < rank()) {
        oldSize = shape.dim(fromEnd++);
      }
      if (toEnd < target.rank()) {
        newSize = target.dim(toEnd++);
      }
      while (oldSize != newSize) {
        if (oldSize < newSize) {
          if (fromEnd >= rank()) {
            return null;
          }
          oldSize *= shape.dim(fromEnd++);
        } else {
          if (toEnd >= target.rank()) {
            return null;
          }
          newSize *= target.dim(toEnd++);
        }
      }
      long step = groupStride(from, fromEnd);
      if (step < 0) {
        return null;
      }
      for (int i = toEnd - 1; i >= to; i--) {
        result[i] = step;
        step *= target.dim(i);
      }
      from = fromEnd;
      to = toEnd;
    }
    return new Layout(target, result, offset);
  }

  /** The stride of the innermost of the dimensions if they merge into one, or -1. */
  private long groupStride(int from, int to) {
    long inner = 0;
    long expected = -1;
    for (int i = to - 1; i >= from; i--) {
      if (shape.dim(i) == 1) {
        continue;
      }
      if (expected < 0) {
        inner = strides[i];
      } else if (strides[i] != expected) {
        return -1;
      }
      expected = strides[i] * shape.dim(i);
    }
    return inner;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout
        && offset == layout.offset
        && shape.equals(layout.shape)
        && Arrays.equals(strides, layout.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
