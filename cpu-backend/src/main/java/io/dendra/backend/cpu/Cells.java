package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import io.dendra.tensor.Layout;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** The elements of a view by their place in memory, as numbers of any type. */
final class Cells {
  final DType dtype;
  final TypedBuffers memory;

  /** The place of the first element. */
  final int base;

  private Cells(DType dtype, TypedBuffers memory, int base) {
    this.dtype = dtype;
    this.memory = memory;
    this.base = base;
  }

  static Cells of(View view) {
    CpuBuffer buffer = CpuBuffer.of(view);
    Layout layout = view.layout();
    TypedBuffers whole = buffer.whole();
    if (whole != null) {
      return new Cells(view.dtype(), whole, (int) layout.offset());
    }
    long last = 0;
    for (int i = 0; i < layout.rank(); i++) {
      last += Math.max(0, layout.shape().dim(i) - 1) * layout.stride(i);
    }
    if ((last + 1) * view.dtype().byteSize() > Integer.MAX_VALUE) {
      throw new BackendException(
          "an operand "
              + layout
              + " of "
              + view.dtype().label()
              + " reaches over more than 2 GiB, which only matmul and conv take on the CPU: work on"
              + " slices of it");
    }
    return new Cells(view.dtype(), buffer.window(layout.offset() * view.dtype().byteSize()), 0);
  }

  FloatBuffer floats() {
    return memory.floats;
  }

  DoubleBuffer doubles() {
    return memory.doubles;
  }

  double get(int at) {
    return switch (dtype) {
      case FLOAT32 -> memory.floats.get(at);
      case FLOAT64 -> memory.doubles.get(at);
      case INT32 -> memory.ints.get(at);
      case INT64 -> memory.longs.get(at);
      case BOOL -> memory.bytes.get(at);
      case FLOAT16 -> HalfPrecision.float16ToFloat(memory.shorts.get(at));
      case BFLOAT16 -> HalfPrecision.bfloat16ToFloat(memory.shorts.get(at));
    };
  }

  /** An integer or boolean. */
  long getLong(int at) {
    return switch (dtype) {
      case INT32 -> memory.ints.get(at);
      case INT64 -> memory.longs.get(at);
      case BOOL -> memory.bytes.get(at);
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (long) get(at);
    };
  }

  /** Rounds a float to this type; integers truncate, booleans are {@code value != 0}. */
  void set(int at, double value) {
    switch (dtype) {
      case FLOAT32 -> memory.floats.put(at, (float) value);
      case FLOAT64 -> memory.doubles.put(at, value);
      case INT32 -> memory.ints.put(at, (int) value);
      case INT64 -> memory.longs.put(at, (long) value);
      case BOOL -> memory.bytes.put(at, (byte) (value != 0 ? 1 : 0));
      case FLOAT16 -> memory.shorts.put(at, HalfPrecision.floatToFloat16((float) value));
      case BFLOAT16 -> memory.shorts.put(at, HalfPrecision.floatToBfloat16((float) value));
    }
  }

  /** Stores an integer; int32 wraps around. */
  void setLong(int at, long value) {
    switch (dtype) {
      case INT32 -> memory.ints.put(at, (int) value);
      case INT64 -> memory.longs.put(at, value);
      case BOOL -> memory.bytes.put(at, (byte) (value != 0 ? 1 : 0));
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> set(at, (double) value);
    }
  }
}
