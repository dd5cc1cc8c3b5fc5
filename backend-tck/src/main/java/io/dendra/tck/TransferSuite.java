package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.autograd.Autograd;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Values arrive on another device as they left: between two devices of the backend, and to and from
 * another backend, in every type and memory order, with gradients, from several threads.
 */
public abstract class TransferSuite extends Suite {
  private static final Shape[] SHAPES = {
    Shape.scalar(), Shape.of(1), Shape.of(0, 3), Shape.of(3, 4), Shape.of(2, 3, 4, 5)
  };
  private static final int ROUNDS = 20;

  /** A suite over a backend. */
  protected TransferSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> toAnotherBackend() {
    return orders("to the reference", () -> device(), () -> TestedBackend.REFERENCE);
  }

  @TestFactory
  final Stream<DynamicTest> fromAnotherBackend() {
    return orders("from the reference", () -> TestedBackend.REFERENCE, () -> device());
  }

  @TestFactory
  final Stream<DynamicTest> betweenDevices() {
    return orders("to the second device", () -> device(), () -> backend().device(1));
  }

  /** Asked for within a test, which it may skip. */
  @FunctionalInterface
  private interface Place {
    Device get();
  }

  private Stream<DynamicTest> orders(String name, Place from, Place to) {
    return Stream.of(MemoryOrder.values())
        .map(
            order ->
                test(
                    name + ", " + order,
                    device(),
                    () -> {
                      for (DType dtype : DType.values()) {
                        for (Shape shape : SHAPES) {
                          move(values(shape, dtype), order, from.get(), to.get());
                        }
                      }
                    }));
  }

  private static NDArray values(Shape shape, DType dtype) {
    double[] values = new double[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype == DType.BOOL ? i % 2 : (i * 37 % 101) - 50;
    }
    return NDArray.wrap(values, DType.FLOAT64, shape).as(dtype);
  }

  private static void move(NDArray values, MemoryOrder order, Device from, Device to) {
    NDArray expected = order.expressible(values);
    Tensor x = order.tensor(expected, from);
    Tensor moved = x.to(to);
    assertThat(moved.device()).isEqualTo(to);
    assertThat(moved.toNDArray()).isEqualTo(expected);
    if (x.size() > 0 && x.layout().isDense()) {
      assertThat(moved.layout().sameOrder(x.layout())).as("memory order").isTrue();
    }
    assertThat(moved.to(from).toNDArray()).as("and back").isEqualTo(expected);
    Tensor written = Tensor.full(values.shape(), 0, values.dtype(), to);
    written.assign(x);
    assertThat(written.toNDArray()).as("assigned").isEqualTo(expected);
  }

  @TestFactory
  final List<DynamicTest> largeTensors() {
    return List.of(
        test("more than one piece, to the reference", device(), () -> large(device(), true)),
        test("between devices", device(), () -> large(backend().device(1), false)));
  }

  private void large(Device other, boolean reference) {
    Device to = reference ? TestedBackend.REFERENCE : other;
    int size = (1 << 24) + 5;
    Tensor x = Tensor.full(Shape.of(size), 1, DType.BOOL, device());
    assertThat(x.to(to).cast(DType.INT64).sum().item()).isEqualTo(size);
  }

  @TestFactory
  final List<DynamicTest> gradients() {
    return List.of(
        test("through another device and back", device(), () -> gradient(backend().device(1))),
        test("through the reference", device(), () -> gradient(TestedBackend.REFERENCE)));
  }

  private void gradient(Device other) {
    Tensor x = Tensor.of(NDArray.of(new double[] {1, -2, 3, 4, 5, 6}, 2, 3), device());
    x.requiresGrad();
    Tensor there = x.mul(2).transpose().to(other).square();
    Tensor loss = there.to(device()).mul(x.transpose()).sum();
    // 4 x³, whose derivatives are 12 x² and 24 x.
    Tensor first = Autograd.grad(loss, List.of(x), options -> options.createGraph()).get(0);
    assertThat(first.device()).isEqualTo(device());
    assertThat(first.toNDArray().doubles()).containsExactly(12, 48, 108, 192, 300, 432);
    Tensor second = Autograd.grad(first.sum(), x);
    assertThat(second.toNDArray().doubles()).containsExactly(24, -48, 72, 96, 120, 144);
  }

  @TestFactory
  final List<DynamicTest> orderOfWork() {
    return List.of(
        test(
            "a copy sees what was given before and not what comes after",
            device(),
            () -> {
              Device other = backend().device(1);
              for (int i = 0; i < ROUNDS; i++) {
                Tensor x = Tensor.full(Shape.of(50_000), i, DType.FLOAT32, device());
                Tensor y = Tensor.full(Shape.of(50_000), -1, DType.FLOAT32, other);
                x.assign(x.add(1));
                y.assign(x);
                x.assign(x.mul(0));
                Tensor sum = y.sum();
                y.assign(x);
                assertThat(sum.item()).isEqualTo(50_000.0 * (i + 1));
                assertThat(y.sum().item()).isZero();
              }
            }));
  }

  @TestFactory
  final List<DynamicTest> threads() {
    return List.of(
        test(
            "several threads in both directions",
            device(),
            () -> {
              Device[] ends = {device(), backend().device(1)};
              List<FutureTask<Void>> tasks = new ArrayList<>();
              for (int i = 0; i < 4; i++) {
                int number = i;
                FutureTask<Void> task = new FutureTask<>(() -> backAndForth(number, ends), null);
                Thread thread = new Thread(task, "tck-transfer-" + i);
                thread.setDaemon(true);
                thread.start();
                tasks.add(task);
              }
              for (FutureTask<Void> task : tasks) {
                task.get();
              }
            }));
  }

  private static void backAndForth(int number, Device[] ends) {
    try (TensorScope scope = TensorScope.open("transfers")) {
      Tensor x = Tensor.full(Shape.of(1000), number, DType.FLOAT32, ends[number % 2]);
      for (int i = 1; i <= ROUNDS; i++) {
        x = x.add(1).to(ends[(number + i) % 2]);
      }
      assertThat(x.sum().item()).isEqualTo(1000.0 * (number + ROUNDS));
    }
  }
}
