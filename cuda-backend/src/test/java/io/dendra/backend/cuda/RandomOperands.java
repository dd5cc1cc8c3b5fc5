package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.Backend;
import io.dendra.backend.Backends;
import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Operands of kernels with small whole numbers in random memory orders, on CUDA and the reference.
 */
final class RandomOperands implements AutoCloseable {
  private static final DType TYPE = DType.FLOAT32;

  private final SplittableRandom random;
  private final Backend cuda = EmulatedCuda.provider().open(0);
  private final Backend reference = Backends.provider("reference").open(0);
  private final List<View> onCuda = new ArrayList<>();
  private final List<View> onReference = new ArrayList<>();

  RandomOperands(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A number of {@code from} to {@code to}. */
  int draw(int from, int to) {
    return random.nextInt(from, to + 1);
  }

  /** An operand that is read: with gaps and repetitions too. */
  void input(Shape shape) {
    Layout layout = layout(shape, true);
    add(layout, random.doubles(room(layout), -4, 5).map(Math::floor).toArray());
  }

  /** An operand that is written. */
  void output(Shape shape) {
    Layout layout = layout(shape, false);
    double[] nothing = new double[room(layout)];
    Arrays.fill(nothing, Double.NaN);
    add(layout, nothing);
  }

  private Layout layout(Shape shape, boolean gaps) {
    int rank = shape.rank();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(draw(0, 2) == 0 ? random.nextInt(order.size() + 1) : order.size(), i);
    }
    boolean loose = gaps && draw(0, 2) == 0;
    long[] strides = new long[rank];
    long step = 1;
    for (int i = rank - 1; i >= 0; i--) {
      int axis = order.get(i);
      step *= loose ? draw(1, 2) : 1;
      strides[axis] = loose && draw(0, 3) == 0 ? 0 : step;
      step *= shape.dim(axis);
    }
    return Layout.of(shape, strides, draw(0, 1) == 0 ? 0 : draw(1, 5));
  }

  private static int room(Layout layout) {
    long last = layout.offset();
    for (int i = 0; i < layout.rank(); i++) {
      last += (layout.shape().dim(i) - 1) * layout.stride(i);
    }
    return (int) last + 1;
  }

  private void add(Layout layout, double[] numbers) {
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers[i];
    }
    onCuda.add(upload(cuda, values, layout));
    onReference.add(upload(reference, values, layout));
  }

  private static View upload(Backend backend, float[] values, Layout layout) {
    Buffer buffer = backend.allocate((long) values.length * TYPE.byteSize());
    backend.fromHost(values, 0, all(buffer, values.length));
    return new View(buffer, TYPE, layout);
  }

  private static View all(Buffer buffer, int size) {
    return new View(buffer, TYPE, Layout.contiguous(Shape.of(size)));
  }

  /** A kernel, the same on both backends. */
  @FunctionalInterface
  interface Call {
    void run(Backend backend, View[] operands);
  }

  /** Runs a kernel on the operands that were added; all memory of the last one has to be equal. */
  void compare(Call call) {
    call.run(cuda, onCuda.toArray(View[]::new));
    call.run(reference, onReference.toArray(View[]::new));
    int last = onCuda.size() - 1;
    int size = room(onCuda.get(last).layout());
    float[] actual = download(cuda, onCuda.get(last).buffer(), size);
    float[] expected = download(reference, onReference.get(last).buffer(), size);
    String operands = onCuda.stream().map(view -> view.layout().toString()).toList().toString();
    assertThat(actual).as(operands).containsExactly(expected, within(1e-4f));
    free();
  }

  /** What nobody wrote is a number that no result is, as not-a-numbers do not compare. */
  private static float[] download(Backend backend, Buffer buffer, int size) {
    float[] values = new float[size];
    backend.toHost(all(buffer, size), values, 0);
    for (int i = 0; i < size; i++) {
      values[i] = Float.isNaN(values[i]) ? Float.MAX_VALUE : values[i];
    }
    return values;
  }

  private void free() {
    onCuda.forEach(view -> cuda.free(view.buffer()));
    onReference.forEach(view -> reference.free(view.buffer()));
    onCuda.clear();
    onReference.clear();
  }

  @Override
  public void close() {
    free();
    cuda.close();
    reference.close();
  }
}
