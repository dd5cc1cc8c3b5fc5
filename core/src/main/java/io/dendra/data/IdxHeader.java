package io.dendra.data;

import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;

/** What an idx file says of itself. */
record IdxHeader(Type type, long[] dims) {
  /** Element types by their code. */
  enum Type {
    UNSIGNED_BYTE(0x08, 1, DType.INT32),
    BYTE(0x09, 1, DType.INT32),
    SHORT(0x0B, 2, DType.INT32),
    INT(0x0C, 4, DType.INT32),
    FLOAT(0x0D, 4, DType.FLOAT32),
    DOUBLE(0x0E, 8, DType.FLOAT64);

    final int code;
    final int bytes;
    final DType dtype;

    Type(int code, int bytes, DType dtype) {
      this.code = code;
      this.bytes = bytes;
      this.dtype = dtype;
    }

    /** Null when no type has that code. */
    static Type of(int code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }
  }

  Shape shape() {
    return Shape.of(dims);
  }

  long headerBytes() {
    return 4 + 4L * dims.length;
  }

  long bodyBytes() {
    return shape().size() * type.bytes;
  }

  @Override
  public String toString() {
    return type + " " + shape();
  }
}
