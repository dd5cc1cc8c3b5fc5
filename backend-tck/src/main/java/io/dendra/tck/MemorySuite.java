package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.backend.MemoryStats;
import io.dendra.ops.OpException;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory comes back: after loops, after exceptions, and it is not used when it is gone. */
public abstract class MemorySuite extends Suite {
  private static final int LOOPS = 100;

  private MemoryStats before;

  /** A suite over a backend. */
  protected MemorySuite(TestedBackend backend) {
    super(backend);
  }

  @BeforeEach
  final void remember() {
    before = backend().memory().stats();
  }

  private void assertNothingStays() {
    MemoryStats now = backend().memory().stats();
    assertThat(now.live()).as("live bytes").isEqualTo(before.live());
    assertThat(now.blocks()).as("live blocks").isEqualTo(before.blocks());
  }

  private void onDevice(Runnable body) {
    Backends.use(device(), body);
  }

  private static Tensor work(Tensor x) {
    return x.matmul(x.transpose()).tanh().sum().add(x.mean());
  }

  @Test
  final void loopsOfOpsGiveAllBack() {
    onDevice(
        () -> {
          for (int i = 0; i < LOOPS; i++) {
            TensorScope.run(() -> work(Tensor.ones(5, 7)).item());
          }
        });
    assertNothingStays();
  }

  @Test
  final void poolDoesNotGrow() {
    onDevice(() -> TensorScope.run(() -> work(Tensor.ones(5, 7)).item()));
    MemoryStats warm = backend().memory().stats();
    onDevice(
        () -> {
          for (int i = 0; i < LOOPS; i++) {
            TensorScope.run(() -> work(Tensor.ones(5, 7)).item());
          }
        });
    assertThat(backend().memory().stats()).isEqualTo(warm);
  }

  @Test
  final void trainingGivesAllBack() {
    onDevice(
        () -> TensorScope.run(() -> new SmallNetwork(1, DType.FLOAT32, device()).train(LOOPS)));
    assertNothingStays();
  }

  @Test
  final void gradientsOfGradientsGiveAllBack() {
    onDevice(
        () -> {
          for (int i = 0; i < LOOPS; i++) {
            TensorScope.run(
                () -> {
                  Tensor x = Tensor.ones(3, 4).requiresGrad();
                  Tensor first =
                      Autograd.grad(work(x), java.util.List.of(x), options -> options.createGraph())
                          .get(0);
                  Autograd.grad(first.square().sum(), x).toNDArray();
                });
          }
        });
    assertNothingStays();
  }

  @Test
  final void graphsThatAreNeverWalkedGiveAllBack() {
    onDevice(() -> TensorScope.run(() -> work(Tensor.ones(4, 4).requiresGrad())).close());
    assertNothingStays();
  }

  @Test
  final void exceptionsInTheMiddleLeaveNothing() {
    onDevice(
        () -> {
          for (int i = 0; i < LOOPS; i++) {
            assertThatThrownBy(
                    () ->
                        TensorScope.run(
                            () -> {
                              Tensor x = Tensor.ones(3, 4).requiresGrad();
                              Tensor y = work(x).exp();
                              return y.add(x.matmul(Tensor.ones(3, 4)));
                            }))
                .isInstanceOf(OpException.class);
          }
        });
    assertNothingStays();
  }

  @Test
  final void kernelsThatFailLeaveNothing() {
    onDevice(
        () ->
            assertThatThrownBy(
                    () ->
                        TensorScope.run(
                            () ->
                                io.dendra.ops.Indexing.gather(
                                    Tensor.ones(3, 4), Tensor.of(new long[] {1, 9}), 0)))
                .isInstanceOf(OpException.class)
                .hasMessageContaining("9"));
    assertNothingStays();
  }

  @Test
  final void whatRunReturnsStays() {
    onDevice(
        () -> {
          try (Tensor kept = TensorScope.run(() -> Tensor.ones(3).mul(2).add(1))) {
            assertThat(kept.toNDArray().floats()).containsExactly(3, 3, 3);
          }
        });
    assertNothingStays();
  }

  @Test
  final void viewsKeepTheirMemory() {
    onDevice(
        () ->
            TensorScope.run(
                () -> {
                  Tensor whole = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
                  Tensor row = whole.select(0, 1);
                  whole.close();
                  assertThat(row.toNDArray().floats()).containsExactly(3, 4);
                }));
    assertNothingStays();
  }

  @Test
  final void useAfterCloseIsRefused() {
    onDevice(
        () -> {
          Tensor x = Tensor.ones(2);
          x.close();
          x.close();
          assertThatThrownBy(() -> x.add(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("after it was closed");
          assertThatThrownBy(x::toNDArray).isInstanceOf(IllegalStateException.class);
        });
    assertNothingStays();
  }

  @Test
  final void trimmingHandsMemoryBack() {
    onDevice(() -> TensorScope.run(() -> work(Tensor.ones(40, 70)).item()));
    backend().memory().trim();
    assertThat(backend().memory().stats().cached()).isZero();
    assertNothingStays();
  }

  @Test
  final void largeTensorsComeAndGo() {
    onDevice(
        () -> {
          for (int i = 0; i < 20; i++) {
            TensorScope.run(
                () -> {
                  Tensor x = Tensor.full(Shape.of(1 << 20), 1, DType.FLOAT32, device());
                  assertThat(x.add(1).sum().item()).isEqualTo(2 << 20);
                });
          }
        });
    assertNothingStays();
  }
}
