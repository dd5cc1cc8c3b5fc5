package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.backend.reference.ReferenceProvider;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/** The same operands on the reference backend and on the one under test. */
final class Twins implements AutoCloseable {
  /** One operand on both. */
  record Twin(View expected, View actual) {
    Twin with(Layout layout) {
      return new Twin(expected.with(layout), actual.with(layout));
    }

    Layout layout() {
      return expected.layout();
    }
  }

  final Backend reference = new ReferenceProvider().open(0);
  final Backend tested;
  SplittableRandom random;
  private final List<View> allocated = new ArrayList<>();

  Twins(Backend tested) {
    this.tested = tested;
  }

  /** Starts the random numbers of one case. */
  void seed(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A layout of the shape: dense, permuted, sliced or broadcast, at random. */
  Layout anyLayout(Shape shape) {
    int rank = shape.rank();
    Layout layout = anyDense(shape);
    int style = random.nextInt(4);
    if (rank == 0 || style == 0) {
      return layout;
    }
    int axis = random.nextInt(rank);
    if (style == 1) {
      long step = 1L + random.nextInt(2);
      Layout wide = anyDense(shape.with(axis, shape.dim(axis) * step + 3));
      return wide.slice(axis, 2, shape.dim(axis), step);
    }
    if (style == 2 && shape.dim(axis) > 0) {
      return anyDense(shape.with(axis, 1)).expand(shape);
    }
    return Layout.of(shape, layout.strides(), random.nextInt(9));
  }

  /** A gapless layout in a random order of dimensions. */
  Layout anyDense(Shape shape) {
    int rank = shape.rank();
    int[] order = new int[rank];
    long[] permuted = new long[rank];
    int[] back = new int[rank];
    boolean plain = random.nextInt(2) == 0;
    for (int i = 0; i < rank; i++) {
      int j = plain ? i : random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    for (int i = 0; i < rank; i++) {
      permuted[i] = shape.dim(order[i]);
      back[order[i]] = i;
    }
    return Layout.contiguous(Shape.of(permuted)).permute(back);
  }

  /** An operand in a random layout with values between the bounds. */
  Twin input(DType dtype, Shape shape, double low, double high) {
    return input(dtype, anyLayout(shape), low, high);
  }

  Twin input(DType dtype, Layout layout, double low, double high) {
    Twin twin = memory(dtype, layout);
    Shape all = Shape.of(extent(layout));
    Object host = host(dtype, (int) all.size(), low, high);
    reference.fromHost(host, 0, twin.expected().with(Layout.contiguous(all)));
    tested.fromHost(host, 0, twin.actual().with(Layout.contiguous(all)));
    return twin;
  }

  Twin output(DType dtype, Shape shape) {
    return output(dtype, anyDense(shape));
  }

  /** Memory for a result, holding something that must not shine through. */
  Twin output(DType dtype, Layout layout) {
    return input(dtype, layout, 40, 60);
  }

  private Twin memory(DType dtype, Layout layout) {
    long bytes = Math.max(1, extent(layout)) * dtype.byteSize();
    View expected = new View(reference.allocate(bytes), dtype, layout);
    View actual = new View(tested.allocate(bytes), dtype, layout);
    allocated.add(actual);
    return new Twin(expected, actual);
  }

  static long extent(Layout layout) {
    long extent = layout.offset() + 1;
    for (int i = 0; i < layout.rank(); i++) {
      extent += Math.max(0, layout.shape().dim(i) - 1) * layout.stride(i);
    }
    return extent;
  }

  private Object host(DType dtype, int n, double low, double high) {
    double[] values = random.doubles(n, low, high).toArray();
    return switch (dtype) {
      case FLOAT64 -> values;
      case FLOAT32 -> {
        float[] result = new float[n];
        for (int i = 0; i < n; i++) {
          result[i] = (float) values[i];
        }
        yield result;
      }
      case INT32 -> {
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
          result[i] = (int) values[i];
        }
        yield result;
      }
      case INT64 -> {
        long[] result = new long[n];
        for (int i = 0; i < n; i++) {
          result[i] = (long) values[i];
        }
        yield result;
      }
      case BOOL -> {
        byte[] result = new byte[n];
        for (int i = 0; i < n; i++) {
          result[i] = (byte) random.nextInt(2);
        }
        yield result;
      }
      case FLOAT16, BFLOAT16 -> {
        short[] result = new short[n];
        for (int i = 0; i < n; i++) {
          result[i] =
              dtype == DType.FLOAT16
                  ? HalfPrecision.floatToFloat16((float) values[i])
                  : HalfPrecision.floatToBfloat16((float) values[i]);
        }
        yield result;
      }
    };
  }

  /** Runs one call on both. */
  void both(BiConsumer<Backend, Boolean> call) {
    call.accept(reference, true);
    call.accept(tested, false);
  }

  /** Compares a result elementwise, relative to the greater of 1 and the value. */
  void assertSame(String what, Twin twin, double tolerance) {
    double[] expected = reals(reference, twin.expected());
    double[] actual = reals(tested, twin.actual());
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      boolean same =
          Double.compare(expected[i], actual[i]) == 0
              || Math.abs(expected[i] - actual[i]) <= allowed;
      assertThat(same)
          .as(
              "%s: element %d of %s is %s, should be %s",
              what, i, twin.layout(), actual[i], expected[i])
          .isTrue();
    }
  }

  static double[] reals(Backend backend, View view) {
    Layout dense = Layout.contiguous(view.shape());
    int n = (int) view.layout().size();
    View wide = new View(backend.allocate(Math.max(1, n) * 8L), DType.FLOAT64, dense);
    backend.cast(view, wide);
    double[] result = new double[n];
    backend.toHost(wide, result, 0);
    backend.free(wide.buffer());
    return result;
  }

  /** Frees what the case allocated. */
  void clear() {
    allocated.forEach(view -> tested.free(view.buffer()));
    allocated.clear();
  }

  @Override
  public void close() {
    clear();
    tested.close();
    reference.close();
  }
}
