package io.dendra.tensor;

import java.util.Arrays;

/**
 * An n-dimensional array in plain Java memory: what data sets hold, {@code predict} returns and
 * weights are read and written as.
 *
 * <p>It is to a tensor what a NumPy array is to a framework's tensor: row-major, garbage collected,
 * on no device, without gradients. The elements of float32 are a {@code float[]}, of float64 a
 * {@code double[]}, of int32 an {@code int[]}, of int64 a {@code long[]}, of bool a {@code byte[]}
 * of 0 and 1, and of the 16-bit floats a {@code short[]} of their bits.
 *
 * <pre>{@code
 * NDArray x = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * x.getDouble(1, 0);  // 4.0
 * x.rows(1, 2);       // [[4, 5, 6]]
 * }</pre>
 */
public final class NDArray {
  private final Shape shape;
  private final DType dtype;
  private final Object array;

  private NDArray(Shape shape, DType dtype, Object array) {
    this.shape = shape;
    this.dtype = dtype;
    this.array = array;
  }

  /**
   * Wraps the array, which is not copied.
   *
   * @throws IllegalArgumentException when the array's type is not that of {@code dtype} or its
   *     length not the size of {@code shape}
   */
  public static NDArray wrap(Object array, DType dtype, Shape shape) {
    int length =
        switch (dtype) {
          case FLOAT32 -> array instanceof float[] a ? a.length : -1;
          case FLOAT64 -> array instanceof double[] a ? a.length : -1;
          case INT32 -> array instanceof int[] a ? a.length : -1;
          case INT64 -> array instanceof long[] a ? a.length : -1;
          case BOOL -> array instanceof byte[] a ? a.length : -1;
          case FLOAT16, BFLOAT16 -> array instanceof short[] a ? a.length : -1;
        };
    if (length < 0) {
      throw new IllegalArgumentException(
          "a " + array.getClass().getSimpleName() + " does not hold " + dtype.label());
    }
    if (length != shape.size()) {
      throw new IllegalArgumentException(
          length + " elements do not fill shape " + shape + " of size " + shape.size());
    }
    return new NDArray(shape, dtype, array);
  }

  /** A float32 array; a single dimension when no shape is given. The values are not copied. */
  public static NDArray of(float[] values, long... shape) {
    return wrap(values, DType.FLOAT32, shapeOf(values.length, shape));
  }

  /** A float64 array; a single dimension when no shape is given. The values are not copied. */
  public static NDArray of(double[] values, long... shape) {
    return wrap(values, DType.FLOAT64, shapeOf(values.length, shape));
  }

  /** An int32 array; a single dimension when no shape is given. The values are not copied. */
  public static NDArray of(int[] values, long... shape) {
    return wrap(values, DType.INT32, shapeOf(values.length, shape));
  }

  /** An int64 array; a single dimension when no shape is given. The values are not copied. */
  public static NDArray of(long[] values, long... shape) {
    return wrap(values, DType.INT64, shapeOf(values.length, shape));
  }

  /** A boolean array; a single dimension when no shape is given. */
  public static NDArray of(boolean[] values, long... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return wrap(bytes, DType.BOOL, shapeOf(values.length, shape));
  }

  /**
   * A float32 matrix of the rows.
   *
   * @throws IllegalArgumentException when the rows differ in length
   */
  public static NDArray of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] values = new float[Math.multiplyExact(rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new IllegalArgumentException(
            "row " + i + " has " + rows[i].length + " columns, row 0 has " + columns);
      }
      System.arraycopy(rows[i], 0, values, i * columns, columns);
    }
    return of(values, rows.length, columns);
  }

  /**
   * An array of zeros.
   *
   * @throws IllegalArgumentException when it would have more elements than a Java array can
   */
  public static NDArray zeros(DType dtype, Shape shape) {
    return new NDArray(shape, dtype, newArray(dtype, shape));
  }

  private static Object newArray(DType dtype, Shape shape) {
    long size = shape.size();
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "shape " + shape + " has " + size + " elements, more than a Java array holds: split it");
    }
    int length = (int) size;
    return switch (dtype) {
      case FLOAT32 -> new float[length];
      case FLOAT64 -> new double[length];
      case INT32 -> new int[length];
      case INT64 -> new long[length];
      case BOOL -> new byte[length];
      case FLOAT16, BFLOAT16 -> new short[length];
    };
  }

  private static Shape shapeOf(int length, long[] shape) {
    return shape.length == 0 ? Shape.of(length) : Shape.of(shape);
  }

  /** The lengths of the dimensions. */
  public Shape shape() {
    return shape;
  }

  /** The type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** The number of elements. */
  public int size() {
    return java.lang.reflect.Array.getLength(array);
  }

  /** The elements in row-major order as the Java array that holds them, not a copy. */
  public Object array() {
    return array;
  }

  /** The elements as floats: the array itself for float32, else converted. */
  public float[] floats() {
    if (array instanceof float[] values) {
      return values;
    }
    float[] result = new float[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) doubleAt(i);
    }
    return result;
  }

  /** The elements as doubles: the array itself for float64, else converted. */
  public double[] doubles() {
    if (array instanceof double[] values) {
      return values;
    }
    double[] result = new double[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = doubleAt(i);
    }
    return result;
  }

  /** The elements as ints: the array itself for int32, else converted, rounded towards zero. */
  public int[] ints() {
    if (array instanceof int[] values) {
      return values;
    }
    int[] result = new int[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (int) longAt(i);
    }
    return result;
  }

  /** The elements as longs: the array itself for int64, else converted, rounded towards zero. */
  public long[] longs() {
    if (array instanceof long[] values) {
      return values;
    }
    long[] result = new long[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = longAt(i);
    }
    return result;
  }

  /** The element at a place in row-major order. */
  public double doubleAt(int place) {
    return switch (dtype) {
      case FLOAT32 -> ((float[]) array)[place];
      case FLOAT64 -> ((double[]) array)[place];
      case INT32 -> ((int[]) array)[place];
      case INT64 -> ((long[]) array)[place];
      case BOOL -> ((byte[]) array)[place];
      case FLOAT16 -> HalfPrecision.float16ToFloat(((short[]) array)[place]);
      case BFLOAT16 -> HalfPrecision.bfloat16ToFloat(((short[]) array)[place]);
    };
  }

  private long longAt(int place) {
    return array instanceof long[] values ? values[place] : (long) doubleAt(place);
  }

  /**
   * The element of the given indices.
   *
   * @throws IndexOutOfBoundsException when an index is outside its dimension
   */
  public double getDouble(long... indices) {
    if (indices.length != shape.rank()) {
      throw new IndexOutOfBoundsException(
          "shape " + shape + " takes " + shape.rank() + " indices, given " + indices.length);
    }
    long place = 0;
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= shape.dim(i)) {
        throw new IndexOutOfBoundsException(
            "index " + Arrays.toString(indices) + " is outside shape " + shape);
      }
      place = place * shape.dim(i) + indices[i];
    }
    return doubleAt((int) place);
  }

  /**
   * The same elements under another shape, not copied.
   *
   * @throws IllegalArgumentException when the sizes differ
   */
  public NDArray reshape(long... dims) {
    return wrap(array, dtype, Shape.of(dims));
  }

  /** A copy of the rows from one to before another along the first dimension. */
  public NDArray rows(int from, int to) {
    if (shape.rank() == 0 || from < 0 || to < from || to > shape.dim(0)) {
      throw new IndexOutOfBoundsException(
          "rows " + from + " to " + to + " are not in shape " + shape);
    }
    NDArray result = zeros(dtype, shape.with(0, to - from));
    int row = rowSize();
    System.arraycopy(array, from * row, result.array, 0, (to - from) * row);
    return result;
  }

  /** A copy of the given rows of the first dimension, in their order. */
  public NDArray rows(int[] indices) {
    NDArray result = zeros(dtype, shape.with(0, indices.length));
    int row = rowSize();
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(array, Math.multiplyExact(indices[i], row), result.array, i * row, row);
    }
    return result;
  }

  private int rowSize() {
    return (int) shape.without(0).size();
  }

  /** A copy with the elements of another type. */
  public NDArray as(DType target) {
    if (target == dtype) {
      return this;
    }
    NDArray result = zeros(target, shape);
    for (int i = 0, n = size(); i < n; i++) {
      switch (target) {
        case FLOAT32 -> ((float[]) result.array)[i] = (float) doubleAt(i);
        case FLOAT64 -> ((double[]) result.array)[i] = doubleAt(i);
        case INT32 -> ((int[]) result.array)[i] = (int) longAt(i);
        case INT64 -> ((long[]) result.array)[i] = longAt(i);
        case BOOL -> ((byte[]) result.array)[i] = (byte) (doubleAt(i) != 0 ? 1 : 0);
        case FLOAT16 ->
            ((short[]) result.array)[i] = HalfPrecision.floatToFloat16((float) doubleAt(i));
        case BFLOAT16 ->
            ((short[]) result.array)[i] = HalfPrecision.floatToBfloat16((float) doubleAt(i));
      }
    }
    return result;
  }

  /** Whether shape, type and all elements are equal; NaN equals NaN, 0.0 differs from -0.0. */
  @Override
  public boolean equals(Object other) {
    return other instanceof NDArray that
        && dtype == that.dtype
        && shape.equals(that.shape)
        && Arrays.deepEquals(new Object[] {array}, new Object[] {that.array});
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.deepHashCode(new Object[] {array});
  }

  /** Type, shape and the first elements. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(dtype.label()).append(shape).append(" [");
    int shown = Math.min(size(), 8);
    for (int i = 0; i < shown; i++) {
      text.append(i == 0 ? "" : ", ").append(doubleAt(i));
    }
    return text.append(size() > shown ? ", …]" : "]").toString();
  }
}
