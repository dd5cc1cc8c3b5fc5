package io.dendra.backend.reference;

import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.List;

/** Hand-made operands for the reference backend, and a look at results. */
final class Views {
  static final Backend BACKEND = new ReferenceProvider().open(0);

  private Views() {}

  static View doubles(Shape shape, double... values) {
    return fromHost(DType.FLOAT64, shape, values);
  }

  static View longs(Shape shape, long... values) {
    return fromHost(DType.INT64, shape, values);
  }

  static View bools(Shape shape, boolean... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return fromHost(DType.BOOL, shape, bytes);
  }

  static View fromHost(DType dtype, Shape shape, Object array) {
    View view = result(dtype, shape);
    BACKEND.fromHost(array, 0, view);
    return view;
  }

  /** Memory for a result, holding something that must not shine through. */
  static View result(DType dtype, Shape shape) {
    return result(dtype, Layout.contiguous(shape));
  }

  static View result(DType dtype, Layout layout) {
    long extent = layout.offset() + 1;
    for (int i = 0; i < layout.rank(); i++) {
      extent += Math.max(0, layout.shape().dim(i) - 1) * layout.stride(i);
    }
    View all =
        new View(
            BACKEND.allocate(extent * dtype.byteSize()),
            dtype,
            Layout.contiguous(Shape.of(extent)));
    BACKEND.fill(all, dtype.isInteger() || dtype == DType.BOOL ? 77 : Double.NaN);
    return all.with(layout);
  }

  /** Float64 values without a pattern, between -1 and 1. */
  static View sample(int seed, long... dims) {
    Shape shape = Shape.of(dims);
    double[] values = new double[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      double scrambled = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
      values[i] = 2 * (scrambled - Math.floor(scrambled)) - 1;
    }
    return doubles(shape, values);
  }

  static View cast(View view, DType dtype) {
    View out = result(dtype, view.shape());
    BACKEND.cast(view, out);
    return out;
  }

  /** The same values in other memory orders: as given, reversed dimensions, with gaps. */
  static List<View> layoutsOf(View view) {
    int rank = view.shape().rank();
    int[] reversed = new int[rank];
    for (int i = 0; i < rank; i++) {
      reversed[i] = rank - 1 - i;
    }
    Layout transposed =
        Layout.contiguous(view.layout().permute(reversed).shape()).permute(reversed);
    long[] gaps = Layout.contiguous(view.shape()).strides();
    for (int i = 0; i < rank; i++) {
      gaps[i] = gaps[i] * 3;
    }
    Layout sliced = Layout.of(view.shape(), gaps, 5);
    return List.of(view, relaid(view, transposed), relaid(view, sliced));
  }

  static View relaid(View view, Layout layout) {
    View out = result(view.dtype(), layout);
    BACKEND.copy(view, out);
    return out;
  }

  /** All values in row-major order. */
  static double[] reals(View view) {
    View dense = result(DType.FLOAT64, view.shape());
    BACKEND.cast(view, dense);
    double[] values = new double[(int) view.shape().size()];
    BACKEND.toHost(dense, values, 0);
    return values;
  }

  static long[] wholes(View view) {
    View dense = result(DType.INT64, view.shape());
    BACKEND.cast(view, dense);
    long[] values = new long[(int) view.shape().size()];
    BACKEND.toHost(dense, values, 0);
    return values;
  }

  static double dot(View a, View b) {
    double[] x = reals(a);
    double[] y = reals(b);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
