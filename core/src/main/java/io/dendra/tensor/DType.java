package io.dendra.tensor;

import java.util.Locale;

/**
 * The element type of a tensor.
 *
 * <p>{@link #FLOAT16} and {@link #BFLOAT16} are storage types: they can be read, written and cast,
 * arithmetic is done in {@link #FLOAT32}.
 */
public enum DType {
  FLOAT32(4, Kind.FLOATING),
  FLOAT64(8, Kind.FLOATING),
  INT32(4, Kind.INTEGER),
  INT64(8, Kind.INTEGER),
  BOOL(1, Kind.BOOLEAN),
  FLOAT16(2, Kind.STORAGE),
  BFLOAT16(2, Kind.STORAGE);

  private enum Kind {
    FLOATING,
    INTEGER,
    BOOLEAN,
    STORAGE
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

  /** Whether arithmetic and gradients are defined: {@link #FLOAT32} and {@link #FLOAT64}. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** Whether this is {@link #INT32} or {@link #INT64}. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** Whether this is a 16-bit float, which has to be cast before arithmetic. */
  public boolean isStorageOnly() {
    return kind == Kind.STORAGE;
  }

  /** The name as Keras writes it: {@code "float32"}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type of the result of an operation between the two: floats win over integers, integers over
   * booleans, and the wider over the narrower.
   *
   * @throws IllegalArgumentException when either is a storage type and the two differ
   */
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.isStorageOnly() || b.isStorageOnly()) {
      throw new IllegalArgumentException(
          a.label()
              + " and "
              + b.label()
              + " do not mix: cast the 16-bit operand to float32 first");
    }
    if (a.kind != b.kind) {
      return a.kind.ordinal() < b.kind.ordinal() ? a : b;
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
