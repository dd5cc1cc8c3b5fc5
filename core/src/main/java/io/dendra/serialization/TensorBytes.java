package io.dendra.serialization;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The elements of arrays as little-endian bytes, a piece at a time. */
final class TensorBytes {
  private static final int PIECE = 1 << 16;

  private TensorBytes() {}

  static void write(NDArray array, OutputStream out) throws IOException {
    int width = array.dtype().byteSize();
    ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < array.size(); ) {
      int count = Math.min(PIECE / width, array.size() - from);
      put(array, from, count, piece.clear());
      out.write(piece.array(), 0, count * width);
      from += count;
    }
  }

  private static void put(NDArray array, int from, int count, ByteBuffer piece) {
    switch (array.dtype()) {
      case FLOAT32 -> piece.asFloatBuffer().put((float[]) array.array(), from, count);
      case FLOAT64 -> piece.asDoubleBuffer().put((double[]) array.array(), from, count);
      case INT32 -> piece.asIntBuffer().put((int[]) array.array(), from, count);
      case INT64 -> piece.asLongBuffer().put((long[]) array.array(), from, count);
      case BOOL -> piece.put((byte[]) array.array(), from, count);
      case FLOAT16, BFLOAT16 -> piece.asShortBuffer().put((short[]) array.array(), from, count);
    }
  }

  static NDArray read(DType dtype, Shape shape, InputStream in) throws IOException {
    NDArray array = NDArray.zeros(dtype, shape);
    int width = dtype.byteSize();
    ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < array.size(); ) {
      int count = Math.min(PIECE / width, array.size() - from);
      if (in.readNBytes(piece.array(), 0, count * width) < count * width) {
        throw new EOFException("the data end too early");
      }
      get(array, from, count, piece.clear());
      from += count;
    }
    return array;
  }

  private static void get(NDArray array, int from, int count, ByteBuffer piece) {
    switch (array.dtype()) {
      case FLOAT32 -> piece.asFloatBuffer().get((float[]) array.array(), from, count);
      case FLOAT64 -> piece.asDoubleBuffer().get((double[]) array.array(), from, count);
      case INT32 -> piece.asIntBuffer().get((int[]) array.array(), from, count);
      case INT64 -> piece.asLongBuffer().get((long[]) array.array(), from, count);
      case BOOL -> {
        byte[] truths = (byte[]) array.array();
        for (int i = 0; i < count; i++) {
          truths[from + i] = (byte) (piece.get(i) == 0 ? 0 : 1);
        }
      }
      case FLOAT16, BFLOAT16 -> piece.asShortBuffer().get((short[]) array.array(), from, count);
    }
  }
}
