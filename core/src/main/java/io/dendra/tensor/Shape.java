package io.dendra.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The lengths of a tensor's dimensions, outermost first.
 *
 * <p>A length of {@link #UNKNOWN} stands for one that is not fixed yet, such as the batch size in a
 * functional model; only concrete shapes have a {@link #size()}.
 *
 * <pre>{@code
 * Shape image = Shape.of(28, 28, 1);
 * image.rank();   // 3
 * image.dim(-1);  // 1
 * }</pre>
 */
public final class Shape {
  /** The length of a dimension that is not known until data arrives. */
  public static final long UNKNOWN = -1;

  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] dims;

  private Shape(long[] dims) {
    this.dims = dims;
  }

  /**
   * A shape of the given lengths; none for a scalar.
   *
   * @throws IllegalArgumentException when a length is negative and not {@link #UNKNOWN}
   */
  public static Shape of(long... dims) {
    if (dims.length == 0) {
      return SCALAR;
    }
    for (long dim : dims) {
      if (dim < UNKNOWN) {
        throw new IllegalArgumentException(
            "a dimension cannot be " + dim + " long in " + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone());
  }

  /** The shape of a single number: no dimensions. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /**
   * The length of a dimension; negative axes count from the end.
   *
   * @throws IllegalArgumentException when there is no such axis
   */
  public long dim(int axis) {
    return dims[axis(axis)];
  }

  /** The lengths, as a new array. */
  public long[] dims() {
    return dims.clone();
  }

  /**
   * The axis counted from the start, given one that may count from the end.
   *
   * @throws IllegalArgumentException when there is no such axis
   */
  public int axis(int axis) {
    int resolved = axis < 0 ? axis + dims.length : axis;
    if (resolved < 0 || resolved >= dims.length) {
      throw new IllegalArgumentException(
          "axis " + axis + " is outside shape " + this + " of rank " + dims.length);
    }
    return resolved;
  }

  /**
   * The number of elements, 1 for a scalar.
   *
   * @throws IllegalStateException when a dimension is unknown
   */
  public long size() {
    long size = 1;
    for (long dim : dims) {
      if (dim == UNKNOWN) {
        throw new IllegalStateException("shape " + this + " has no size before data arrives");
      }
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }

  /** Whether every dimension has a known length. */
  public boolean isConcrete() {
    for (long dim : dims) {
      if (dim == UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  /** This shape with one more dimension of the given length in front. */
  public Shape prepend(long dim) {
    long[] result = new long[dims.length + 1];
    result[0] = dim;
    System.arraycopy(dims, 0, result, 1, dims.length);
    return of(result);
  }

  /** This shape with one more dimension of the given length at the end. */
  public Shape append(long dim) {
    long[] result = Arrays.copyOf(dims, dims.length + 1);
    result[dims.length] = dim;
    return of(result);
  }

  /** This shape with the length of one dimension replaced. */
  public Shape with(int axis, long dim) {
    long[] result = dims.clone();
    result[axis(axis)] = dim;
    return of(result);
  }

  /** This shape without one dimension. */
  public Shape without(int axis) {
    int dropped = axis(axis);
    long[] result = new long[dims.length - 1];
    for (int i = 0, j = 0; i < dims.length; i++) {
      if (i != dropped) {
        result[j++] = dims[i];
      }
    }
    return of(result);
  }

  /** The dimensions from one axis to before another. */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(dims, from, to));
  }

  /**
   * The shape two operands take together by NumPy's rule: aligned at the end, lengths equal or 1.
   *
   * @throws IllegalArgumentException when they do not fit
   */
  public static Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    long[] result = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      long y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException(
            "shapes "
                + a
                + " and "
                + b
                + " do not broadcast: aligned at the end, lengths have to be equal or 1, here "
                + x
                + " and "
                + y);
      }
      result[rank - i] = x == 1 ? y : x;
    }
    return new Shape(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The lengths in brackets, {@code ?} for an unknown one: {@code [?, 28, 28]}. */
  @Override
  public String toString() {
    return Arrays.stream(dims)
        .mapToObj(dim -> dim == UNKNOWN ? "?" : Long.toString(dim))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
