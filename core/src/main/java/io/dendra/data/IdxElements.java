package io.dendra.data;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.nio.ByteBuffer;

/** Turns the bytes of an idx file into an array, chunk by chunk. */
final class IdxElements {
  private final IdxHeader header;
  private final boolean scaled;
  private final float factor;
  private final NDArray result;
  private int at;

  IdxElements(IdxHeader header, boolean scaled, float factor) {
    this.header = header;
    this.factor = factor;
    this.scaled = scaled;
    this.result = NDArray.zeros(scaled ? DType.FLOAT32 : header.type().dtype, header.shape());
  }

  /** Takes whole elements: chunks are of a multiple of 8 bytes, but for the last. */
  void add(ByteBuffer bytes) {
    if (scaled) {
      float[] values = (float[]) result.array();
      while (bytes.hasRemaining()) {
        values[at++] = (float) next(bytes) * factor;
      }
      return;
    }
    switch (header.type()) {
      case FLOAT -> {
        float[] values = (float[]) result.array();
        while (bytes.hasRemaining()) {
          values[at++] = bytes.getFloat();
        }
      }
      case DOUBLE -> {
        double[] values = (double[]) result.array();
        while (bytes.hasRemaining()) {
          values[at++] = bytes.getDouble();
        }
      }
      case UNSIGNED_BYTE, BYTE, SHORT, INT -> {
        int[] values = (int[]) result.array();
        while (bytes.hasRemaining()) {
          values[at++] = (int) next(bytes);
        }
      }
    }
  }

  private double next(ByteBuffer bytes) {
    return switch (header.type()) {
      case UNSIGNED_BYTE -> bytes.get() & 0xff;
      case BYTE -> bytes.get();
      case SHORT -> bytes.getShort();
      case INT -> bytes.getInt();
      case FLOAT -> bytes.getFloat();
      case DOUBLE -> bytes.getDouble();
    };
  }

  NDArray toArray() {
    return result;
  }
}
