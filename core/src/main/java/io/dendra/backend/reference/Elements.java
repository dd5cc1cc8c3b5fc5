package io.dendra.backend.reference;

import io.dendra.backend.BackendException;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import io.dendra.tensor.Layout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The elements of a view as Java numbers: doubles for floats, longs for integers and booleans, so
 * that no int64 goes through a double. Places and steps are in elements.
 */
final class Elements {
  private static final VarHandle FLOATS = handle(float[].class);
  private static final VarHandle DOUBLES = handle(double[].class);
  private static final VarHandle INTS = handle(int[].class);
  private static final VarHandle LONGS = handle(long[].class);
  private static final VarHandle SHORTS = handle(short[].class);

  private final byte[] bytes;
  private final DType dtype;
  private final Layout layout;

  private Elements(byte[] bytes, DType dtype, Layout layout) {
    this.bytes = bytes;
    this.dtype = dtype;
    this.layout = layout;
  }

  static Elements of(View view) {
    return new Elements(HostBuffer.bytesOf(view.buffer()), view.dtype(), view.layout());
  }

  /** New row-major memory of zeros, in the widest type of a kind: float64 or int64. */
  static Elements accumulator(View like) {
    DType dtype = isReal(like.dtype()) ? DType.FLOAT64 : DType.INT64;
    Layout layout = Layout.contiguous(like.shape());
    long size = layout.size() * dtype.byteSize();
    if (size > HostBuffer.MAX_BYTES) {
      throw new BackendException(
          "the reference backend adds up "
              + like.shape()
              + " in one array of at most "
              + HostBuffer.MAX_BYTES
              + " bytes, which would need "
              + size);
    }
    return new Elements(new byte[(int) size], dtype, layout);
  }

  Layout layout() {
    return layout;
  }

  /** Whether the elements are floats, to be read as doubles. */
  boolean isReal() {
    return isReal(dtype);
  }

  private static boolean isReal(DType dtype) {
    return dtype.isFloating();
  }

  long whole(int at) {
    return switch (dtype) {
      case INT64 -> (long) LONGS.get(bytes, at * 8);
      case INT32 -> (int) INTS.get(bytes, at * 4);
      case BOOL -> bytes[at];
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> throw notWhole();
    };
  }

  void setReal(int at, double value) {
    write(at, 0, new double[] {value}, 0, 1);
  }

  void setWhole(int at, long value) {
    write(at, 0, new long[] {value}, 0, 1);
  }

  /** Reads n elements as doubles. */
  void read(int at, int step, double[] to, int start, int n) {
    switch (dtype) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = (float) FLOATS.get(bytes, (at + i * step) * 4);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = (double) DOUBLES.get(bytes, (at + i * step) * 8);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] =
              HalfPrecision.float16ToFloat((short) SHORTS.get(bytes, (at + i * step) * 2));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] =
              HalfPrecision.bfloat16ToFloat((short) SHORTS.get(bytes, (at + i * step) * 2));
        }
      }
      case INT32, INT64, BOOL -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = whole(at + i * step);
        }
      }
    }
  }

  /** Reads n integers or booleans. */
  void read(int at, int step, long[] to, int start, int n) {
    switch (dtype) {
      case INT64 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = (long) LONGS.get(bytes, (at + i * step) * 8);
        }
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = (int) INTS.get(bytes, (at + i * step) * 4);
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          to[start + i] = bytes[at + i * step];
        }
      }
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> throw notWhole();
    }
  }

  /**
   * Writes n doubles, rounded to the nearest float, or for integers towards zero and to the nearest
   * bound.
   */
  void write(int at, int step, double[] from, int start, int n) {
    switch (dtype) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          FLOATS.set(bytes, (at + i * step) * 4, (float) from[start + i]);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          DOUBLES.set(bytes, (at + i * step) * 8, from[start + i]);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < n; i++) {
          SHORTS.set(
              bytes,
              (at + i * step) * 2,
              HalfPrecision.floatToFloat16(roundedToOdd(from[start + i])));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          SHORTS.set(
              bytes,
              (at + i * step) * 2,
              HalfPrecision.floatToBfloat16(roundedToOdd(from[start + i])));
        }
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          INTS.set(bytes, (at + i * step) * 4, (int) from[start + i]);
        }
      }
      case INT64 -> {
        for (int i = 0; i < n; i++) {
          LONGS.set(bytes, (at + i * step) * 8, (long) from[start + i]);
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          bytes[at + i * step] = (byte) (from[start + i] != 0 ? 1 : 0);
        }
      }
    }
  }

  /**
   * Writes n longs: the low bits for int32, the nearest float for floats, {@code != 0} for bool.
   */
  void write(int at, int step, long[] from, int start, int n) {
    switch (dtype) {
      case FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          FLOATS.set(bytes, (at + i * step) * 4, (float) from[start + i]);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          DOUBLES.set(bytes, (at + i * step) * 8, (double) from[start + i]);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < n; i++) {
          short bits = HalfPrecision.floatToFloat16(roundedToOdd(from[start + i]));
          SHORTS.set(bytes, (at + i * step) * 2, bits);
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          short bits = HalfPrecision.floatToBfloat16(roundedToOdd(from[start + i]));
          SHORTS.set(bytes, (at + i * step) * 2, bits);
        }
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          INTS.set(bytes, (at + i * step) * 4, (int) from[start + i]);
        }
      }
      case INT64 -> {
        for (int i = 0; i < n; i++) {
          LONGS.set(bytes, (at + i * step) * 8, from[start + i]);
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          bytes[at + i * step] = (byte) (from[start + i] != 0 ? 1 : 0);
        }
      }
    }
  }

  /** Takes n elements bit by bit from elements of the same type. */
  void move(int at, int step, Elements from, int fromAt, int fromStep, int n) {
    int size = dtype.byteSize();
    if (step == 1 && fromStep == 1) {
      System.arraycopy(from.bytes, fromAt * size, bytes, at * size, n * size);
      return;
    }
    for (int i = 0; i < n; i++) {
      int to = (at + i * step) * size;
      int source = (fromAt + i * fromStep) * size;
      switch (dtype) {
        case FLOAT32, INT32 -> INTS.set(bytes, to, (int) INTS.get(from.bytes, source));
        case FLOAT64, INT64 -> LONGS.set(bytes, to, (long) LONGS.get(from.bytes, source));
        case FLOAT16, BFLOAT16 -> SHORTS.set(bytes, to, (short) SHORTS.get(from.bytes, source));
        case BOOL -> bytes[to] = from.bytes[source];
      }
    }
  }

  /** Reads the elements of a layout of this memory as doubles, in row-major order. */
  double[] reals(Layout part) {
    double[] to = new double[Math.toIntExact(part.size())];
    int done = 0;
    for (Odometer runs = Odometer.inOrder(part); runs.next(); done += runs.length()) {
      read(runs.at(0), runs.step(0), to, done, runs.length());
    }
    return to;
  }

  /** Reads the elements of a layout of this memory as longs, in row-major order. */
  long[] wholes(Layout part) {
    long[] to = new long[Math.toIntExact(part.size())];
    int done = 0;
    for (Odometer runs = Odometer.inOrder(part); runs.next(); done += runs.length()) {
      read(runs.at(0), runs.step(0), to, done, runs.length());
    }
    return to;
  }

  /** Writes all elements from doubles in row-major order. */
  void setReals(double[] from) {
    int done = 0;
    for (Odometer runs = Odometer.inOrder(layout); runs.next(); done += runs.length()) {
      write(runs.at(0), runs.step(0), from, done, runs.length());
    }
  }

  /**
   * A double as a float whose last bit tells whether more follow, so that rounding again is right.
   */
  private static float roundedToOdd(double value) {
    float rounded = (float) value;
    if (rounded == value || Double.isNaN(value)) {
      return rounded;
    }
    int bits = Float.floatToRawIntBits(rounded);
    int towardsZero = Math.abs((double) rounded) > Math.abs(value) ? bits - 1 : bits;
    return Float.intBitsToFloat(towardsZero | 1);
  }

  /** The same for a long: beyond 2^53 its lowest bits become one that tells whether any was set. */
  private static float roundedToOdd(long value) {
    boolean wide = value >= 1L << 53 || value <= -(1L << 53);
    boolean more = wide && (value & 0x7FF) != 0;
    return roundedToOdd((double) (more ? (value & ~0x7FFL) | 0x800 : value));
  }

  private IllegalArgumentException notWhole() {
    return new IllegalArgumentException(
        "elements of " + dtype.label() + " are no integers: cast to int64 first");
  }

  private static VarHandle handle(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.nativeOrder());
  }
}
