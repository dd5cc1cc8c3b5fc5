package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.CaptureException;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.MemoryPool;
import io.dendra.backend.plan.Plan;
import io.dendra.backend.plan.PlanMemory;
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
 * Work that is recorded does nothing at first, and at each replay, as a plan and as work that the
 * device has captured, what it would have done then, to the last bit.
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
        test("computes what is read and nothing else", device(), this::partly),
        test("does not read values", device(), this::reading),
        test("gives its memory back", device(), this::memory));
  }

  /** A plan of a function of a tensor. */
  private static final class Recorded implements AutoCloseable {
    private final Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private final Tensor y = Tensor.zeros(2, 3);
    private final PlanMemory memory = new PlanMemory(x.openDevice().memory());
    private final StepNumbers numbers = new StepNumbers(KEY);
    private final Plan plan;
    private CapturedWork work;

    Recorded(UnaryOperator<Tensor> function) {
      List<String> runs = new ArrayList<>();
      plan =
          Plan.record(
              x.openDevice(),
              numbers,
              memory,
              () ->
                  numbers.during(
                      () -> {
                        runs.add("once");
                        TensorScope.run(() -> y.assign(function.apply(x)));
                      }));
      assertThat(runs).hasSize(1);
      assertThat(y.toNDArray()).as("nothing done").isEqualTo(Tensor.zeros(2, 3).toNDArray());
    }

    /** First as a plan, then as what the device makes of it. */
    NDArray replayed() {
      if (work == null) {
        plan.replay();
        NDArray result = y.toNDArray();
        y.assign(Tensor.zeros(2, 3));
        work = plan.captured();
        assertThat(y.toNDArray()).as("nothing done").isEqualTo(Tensor.zeros(2, 3).toNDArray());
        return result;
      }
      work.replay();
      return y.toNDArray();
    }

    @Override
    public void close() {
      if (work != null) {
        work.close();
      }
      plan.close();
      memory.close();
    }
  }

  private void replays() {
    UnaryOperator<Tensor> function =
        x -> x.mul(2).add(1).tanh().matmul(x.transpose()).matmul(x).relu().sub(x).mul(x);
    try (Recorded recorded = new Recorded(function)) {
      for (int i = 0; i < 4; i++) {
        recorded.x.assign(recorded.x.mul(0.5).add(i));
        assertThat(recorded.replayed()).isEqualTo(function.apply(recorded.x).toNDArray());
      }
    }
  }

  private void keys() {
    Shape shape = Shape.of(2, 3);
    UnaryOperator<RandomKey> derived = key -> key.fold("layer").fold(7);
    try (Recorded recorded =
        new Recorded(x -> x.add(RandomOps.uniform(derived.apply(KEY), shape, 0, 1)))) {
      for (int i = 0; i < 4; i++) {
        RandomKey now = KEY.fold(i);
        recorded.numbers.root(now);
        Tensor expected = recorded.x.add(RandomOps.uniform(derived.apply(now), shape, 0, 1));
        assertThat(recorded.replayed()).isEqualTo(expected.toNDArray());
      }
    }
  }

  /** Values that are read twice, in another layout, by nobody, or that are overwritten. */
  private void partly() {
    Tensor state = Tensor.ones(2, 3);
    UnaryOperator<Tensor> function =
        x -> {
          x.exp().sum();
          Tensor a = x.add(1);
          Tensor b = a.mul(state);
          Tensor c = b.transpose().mul(2).transpose().add(b);
          state.assign(a.mul(0.5));
          return c.sub(a).add(state).mul(Tensor.full(x.shape(), 3, x.dtype(), x.device()));
        };
    try (Recorded recorded = new Recorded(function)) {
      for (int i = 0; i < 4; i++) {
        Tensor before = state.mul(1);
        NDArray replayed = recorded.replayed();
        NDArray stateAfter = state.toNDArray();
        state.assign(before);
        assertThat(replayed).isEqualTo(function.apply(recorded.x).toNDArray());
        assertThat(stateAfter).isEqualTo(state.toNDArray());
      }
    }
  }

  private void reading() {
    Tensor x = Tensor.of(new float[] {1, 2}, 2);
    assertThatThrownBy(() -> new Recorded(y -> y.add(y.sum().item())))
        .isInstanceOf(CaptureException.class);
    assertThat(x.add(1).toNDArray().floats()).containsExactly(2, 3);
  }

  private void memory() {
    MemoryPool pool = Tensor.ones(1).openDevice().memory();
    long live =
        TensorScope.run(
            () -> {
              long before = pool.stats().live();
              for (int i = 0; i < 3; i++) {
                TensorScope.run(
                    () -> {
                      try (Recorded recorded =
                          new Recorded(x -> x.matmul(x.transpose()).matmul(x))) {
                        recorded.replayed();
                        recorded.replayed();
                      }
                    });
              }
              return pool.stats().live() - before;
            });
    assertThat(live).isZero();
  }
}
