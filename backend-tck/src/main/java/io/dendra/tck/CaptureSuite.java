package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backend;
import io.dendra.backend.CaptureException;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.MemoryPool;
import io.dendra.ops.RandomOps;
import io.dendra.ops.StepNumbers;
import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Work that is captured does nothing at first, and at each replay what it would have done then. A
 * backend that does not capture leaves the body alone.
 */
public abstract class CaptureSuite extends Suite {
  private static final RandomKey KEY = RandomKey.of(3);

  /** A suite over a backend. */
  protected CaptureSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> captures() {
    return Stream.of(
        test("replays with what the operands hold then", device(), this::replays),
        test("replays with the keys of then", device(), this::keys),
        test("does not read values", device(), this::reading));
  }

  /** A capture of a function of a tensor, or null when the backend does not capture. */
  private static final class Captured implements AutoCloseable {
    private final Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private final Tensor y = Tensor.zeros(2, 3);
    private final MemoryPool.Arena arena = x.openDevice().memory().arena();
    private final StepNumbers numbers = new StepNumbers(KEY);
    private final CapturedWork work;

    Captured(UnaryOperator<Tensor> function) {
      Backend backend = x.openDevice().backend();
      arena.run(() -> apply(function));
      y.assign(Tensor.zeros(2, 3));
      List<String> runs = new ArrayList<>();
      work =
          backend.capture(
              numbers,
              () ->
                  numbers.during(
                      () ->
                          arena.run(
                              () -> {
                                runs.add("once");
                                apply(function);
                              })));
      assertThat(runs).hasSize(work == null ? 0 : 1);
      assertThat(y.toNDArray()).as("nothing done").isEqualTo(Tensor.zeros(2, 3).toNDArray());
    }

    /** Leaves nothing behind, so that the second time finds the memory of the first. */
    private void apply(UnaryOperator<Tensor> function) {
      TensorScope.run(() -> y.assign(function.apply(x)));
    }

    NDArray replayed() {
      work.replay();
      return y.toNDArray();
    }

    @Override
    public void close() {
      if (work != null) {
        work.close();
      }
      arena.close();
    }
  }

  private void replays() {
    UnaryOperator<Tensor> function = x -> x.mul(2).matmul(x.transpose()).matmul(x).relu().sub(x);
    try (Captured captured = new Captured(function)) {
      if (captured.work == null) {
        return;
      }
      for (int i = 0; i < 3; i++) {
        captured.x.assign(captured.x.mul(0.5).add(i));
        assertThat(captured.replayed()).isEqualTo(function.apply(captured.x).toNDArray());
      }
    }
  }

  private void keys() {
    Shape shape = Shape.of(2, 3);
    UnaryOperator<RandomKey> derived = key -> key.fold("layer").fold(7);
    try (Captured captured =
        new Captured(x -> x.add(RandomOps.uniform(derived.apply(KEY), shape, 0, 1)))) {
      if (captured.work == null) {
        return;
      }
      for (int i = 0; i < 3; i++) {
        RandomKey now = KEY.fold(i);
        captured.numbers.root(now);
        Tensor expected = captured.x.add(RandomOps.uniform(derived.apply(now), shape, 0, 1));
        assertThat(captured.replayed()).isEqualTo(expected.toNDArray());
      }
    }
  }

  private void reading() {
    Tensor x = Tensor.of(new float[] {1, 2}, 2);
    Backend backend = x.openDevice().backend();
    StepNumbers numbers = new StepNumbers(KEY);
    CapturedWork none = backend.capture(numbers, () -> {});
    if (none == null) {
      return;
    }
    none.close();
    assertThatThrownBy(() -> backend.capture(numbers, () -> x.toNDArray()))
        .isInstanceOf(CaptureException.class);
    assertThat(x.add(1).toNDArray().floats()).containsExactly(2, 3);
  }
}
