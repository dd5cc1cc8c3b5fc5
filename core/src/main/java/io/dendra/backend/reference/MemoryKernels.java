package io.dendra.backend.reference;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Filling, copying and conversion. */
final class MemoryKernels {
  private MemoryKernels() {}

  static void fill(View out, double value) {
    Elements to = Elements.of(out);
    double[] run = new double[Odometer.MAX_RUN];
    Arrays.fill(run, value);
    for (Odometer runs = Odometer.anyOrder(out.layout()); runs.next(); ) {
      to.write(runs.at(0), runs.step(0), run, 0, runs.length());
    }
  }

  static void fromHost(Object array, int start, View out) {
    ByteBuffer to = range(out);
    int n = Math.toIntExact(out.layout().size());
    switch (out.dtype()) {
      case FLOAT32 -> to.asFloatBuffer().put(as(float[].class, array, out.dtype()), start, n);
      case FLOAT64 -> to.asDoubleBuffer().put(as(double[].class, array, out.dtype()), start, n);
      case INT32 -> to.asIntBuffer().put(as(int[].class, array, out.dtype()), start, n);
      case INT64 -> to.asLongBuffer().put(as(long[].class, array, out.dtype()), start, n);
      case BOOL -> to.put(as(byte[].class, array, out.dtype()), start, n);
      case FLOAT16, BFLOAT16 ->
          to.asShortBuffer().put(as(short[].class, array, out.dtype()), start, n);
    }
  }

  static void toHost(View in, Object array, int start) {
    ByteBuffer from = range(in);
    int n = Math.toIntExact(in.layout().size());
    switch (in.dtype()) {
      case FLOAT32 -> from.asFloatBuffer().get(as(float[].class, array, in.dtype()), start, n);
      case FLOAT64 -> from.asDoubleBuffer().get(as(double[].class, array, in.dtype()), start, n);
      case INT32 -> from.asIntBuffer().get(as(int[].class, array, in.dtype()), start, n);
      case INT64 -> from.asLongBuffer().get(as(long[].class, array, in.dtype()), start, n);
      case BOOL -> from.get(as(byte[].class, array, in.dtype()), start, n);
      case FLOAT16, BFLOAT16 ->
          from.asShortBuffer().get(as(short[].class, array, in.dtype()), start, n);
    }
  }

  static void copy(View in, View out) {
    Elements from = Elements.of(in);
    Elements to = Elements.of(out);
    for (Odometer runs = Odometer.anyOrder(out.layout(), in.layout()); runs.next(); ) {
      to.move(runs.at(0), runs.step(0), from, runs.at(1), runs.step(1), runs.length());
    }
  }

  /** Copies between views that are dense in one order. */
  static void copyDense(View in, View out) {
    int size = in.dtype().byteSize();
    System.arraycopy(
        HostBuffer.bytesOf(in.buffer()),
        Math.toIntExact(in.layout().offset() * size),
        HostBuffer.bytesOf(out.buffer()),
        Math.toIntExact(out.layout().offset() * size),
        Math.toIntExact(in.layout().size() * size));
  }

  /** Converts between types. */
  static void convert(Elements from, Elements to) {
    Odometer runs = Odometer.anyOrder(to.layout(), from.layout());
    if (from.isReal()) {
      double[] run = new double[Odometer.MAX_RUN];
      while (runs.next()) {
        from.read(runs.at(1), runs.step(1), run, 0, runs.length());
        to.write(runs.at(0), runs.step(0), run, 0, runs.length());
      }
    } else {
      long[] run = new long[Odometer.MAX_RUN];
      while (runs.next()) {
        from.read(runs.at(1), runs.step(1), run, 0, runs.length());
        to.write(runs.at(0), runs.step(0), run, 0, runs.length());
      }
    }
  }

  /** The bytes of a contiguous view. */
  private static ByteBuffer range(View view) {
    if (!view.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "only contiguous views go to and from the host, given "
              + view.layout()
              + ": copy to a contiguous one first");
    }
    long size = view.dtype().byteSize();
    int from = Math.toIntExact(view.layout().offset() * size);
    int length = Math.toIntExact(view.layout().size() * size);
    ByteBuffer all = ByteBuffer.wrap(HostBuffer.bytesOf(view.buffer()));
    return all.slice(from, length).order(ByteOrder.nativeOrder());
  }

  private static <T> T as(Class<T> arrayType, Object array, DType dtype) {
    if (!arrayType.isInstance(array)) {
      throw new IllegalArgumentException(
          dtype.label()
              + " elements are a "
              + arrayType.getSimpleName()
              + " on the host, given "
              + array.getClass().getSimpleName());
    }
    return arrayType.cast(array);
  }
}
