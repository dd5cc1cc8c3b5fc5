package io.dendra.tensor;

import java.util.Locale;

/**
 * The element type of a tensor.
 *
 * <p>Arithmetic on {@link #FLOAT16} and {@link #BFLOAT16} is that of {@link #FLOAT32} with each
 * result rounded to 16 bits: sums and products of many elements are added up in float32 and rounded
 * once. {@link #FLOAT16} has 11 bits of precision and ends at 65504, {@link #BFLOAT16} has 8 bits
 * of precision and the range of float32.
 */
public enum DType {
  FLOAT32(4, Kind.FLOATING),
  FLOAT64(8, Kind.FLOATING),
  INT32(4, Kind.INTEGER),
  INT64(8, Kind.INTEGER),
  BOOL(1, Kind.BOOLEAN),
  FLOAT16(2, Kind.FLOATING),
  BFLOAT16(2, Kind.FLOATING);

  private enum Kind {
    FLOATING,
    INTEGER,
    BOOLEAN
  }

  private final int byteSize;
  private final Kind kind;

  DType(int byteSize, Kind kind) {
    this.byteSize = byteSize;
    this.kind = kind;
  }

  /** Bytes per element. */
  public int byteSize() {
    return byteSize;
  }

  /** Whether this is a floating-point type, for which gradients are defined. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** Whether this is {@link #INT32} or {@link #INT64}. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** Whether this is a 16-bit float: {@link #FLOAT16} or {@link #BFLOAT16}. */
  public boolean isHalf() {
    return this == FLOAT16 || this == BFLOAT16;
  }

  /** What elements are computed in and added up in: float32 for 16-bit floats, else the type. */
  public DType accumulator() {
    return isHalf() ? FLOAT32 : this;
  }

  /** The name as Keras writes it: {@code "float32"}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type of the result of an operation between the two: floats win over integers, integers over
   * booleans, and the wider over the narrower; the two 16-bit floats give float32.
   */
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.kind != b.kind) {
      return a.kind.ordinal() < b.kind.ordinal() ? a : b;
    }
    if (a.isHalf() && b.isHalf()) {
      return FLOAT32;
    }
    return a.byteSize >= b.byteSize ? a : b;
  }

  /**
   * The type of the given name.
   *
   * @throws IllegalArgumentException when no type has that name
   */
  public static DType of(String label) {
    for (DType dtype : values()) {
      if (dtype.label().equals(label)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "no dtype '" + label + "': float32, float64, int32, int64, bool, float16, bfloat16");
  }
}
