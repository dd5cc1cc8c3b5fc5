package io.dendra.training.parallel;

import static io.dendra.training.parallel.Clusters.classifier;
import static io.dendra.training.parallel.Clusters.dense;
import static io.dendra.training.parallel.Clusters.devices;
import static io.dendra.training.parallel.Clusters.points;
import static io.dendra.training.parallel.Clusters.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.LateIndexException;
import io.dendra.models.Model;
import io.dendra.nn.OwnDevice;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.training.Callback;
import io.dendra.training.Trainer;
import io.dendra.training.TrainingInterruptedException;
import io.dendra.training.TrainingRun;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DataParallelFailureTest {
  /** Fails in its calls of one method once told how many more may succeed. */
  private static final class Failing {
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private final String method;

    Failing(String method) {
      this.method = method;
    }

    Backend around(Backend backend) {
      return (Backend)
          Proxy.newProxyInstance(
              Backend.class.getClassLoader(),
              new Class<?>[] {Backend.class},
              (proxy, called, arguments) -> {
                if (called.getName().equals(method) && left.getAndDecrement() <= 0) {
                  throw new BackendException("the device has burnt down");
                }
                try {
                  return called.invoke(backend, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  /** Keeps the weights as they were after each batch. */
  private static final class Spy implements Callback {
    private final List<List<NDArray>> weights = new ArrayList<>();
    private final Failing failing;

    Spy(Failing failing) {
      this.failing = failing;
    }

    @Override
    public void onBatchEnd(TrainingRun run, int batch, double loss) {
      weights.add(weights(run.model()));
      if (batch == 2) {
        failing.left.set(1);
      }
    }

    private static List<NDArray> weights(Model model) {
      return Clusters.weights(model);
    }
  }

  private static void failsIn(String method, String name) {
    Failing failing = new Failing(method);
    Device broken = OwnDevice.of(name, failing::around);
    Device own = OwnDevice.of(name + "-own");
    Spy spy = new Spy(failing);
    Model model = classifier(new Dense(8, "tanh").named("hidden")).to(own);
    try (model) {
      assertThatThrownBy(
              () -> model.fit(points(64), o -> o.batchSize(8).callbacks(spy).devices(own, broken)))
          .hasMessageContaining("burnt down")
          .hasMessageContaining(name);
      assertThat(spy.weights).hasSize(3);
      assertThat(weights(model)).isEqualTo(spy.weights.get(2));
      failing.left.set(Integer.MAX_VALUE);
      assertThat(model.fit(points(64), o -> o.batchSize(8)).batchLosses()).hasSize(8);
      assertThat(model.fit(points(64), o -> o.batchSize(8).devices(own, broken)).batchLosses())
          .hasSize(8);
    }
    assertThat(OwnDevice.live(broken)).isZero();
    assertThat(OwnDevice.live(own)).isZero();
  }

  @Test
  void aDeviceThatFailsInAKernelLeavesTheLastWholeStep() {
    failsIn("matmul", "fails-in-matmul");
  }

  @Test
  void aDeviceThatFailsInACopyLeavesTheLastWholeStep() {
    failsIn("copyFrom", "fails-in-copy");
  }

  @Test
  void aDeviceThatFailsInTheSumLeavesTheLastWholeStep() {
    failsIn("binary", "fails-in-sum");
  }

  @Test
  void theErrorNamesReplicaDeviceAndLayer() {
    Failing failing = new Failing("matmul");
    Device broken = OwnDevice.of("burning", failing::around);
    failing.left.set(0);
    try (Model model = classifier(new Dense(8, "tanh").named("hidden"))) {
      ReplicaException e =
          catchThrowableOfType(
              ReplicaException.class,
              () -> model.fit(points(64), o -> o.devices(Device.of("reference"), broken)));
      assertThat(e)
          .hasMessageContaining("replica 1 on burning")
          .hasMessageContaining("in layer hidden")
          .hasMessageContaining("burnt down")
          .hasMessageContaining("last whole step")
          .hasCauseInstanceOf(BackendException.class);
      assertThat(e.device()).isEqualTo(broken);
    }
  }

  @Test
  void allReplicasMayFailAtOnce() {
    Layer failing =
        new Layer() {
          @Override
          protected Tensor call(Tensor x, CallContext context) {
            if (context.isTraining()) {
              throw new IllegalStateException("no " + x.device());
            }
            return x;
          }
        };
    try (Model model = classifier(failing)) {
      ReplicaException e =
          catchThrowableOfType(
              ReplicaException.class, () -> model.fit(points(64), o -> o.devices(devices(3))));
      assertThat(e).hasMessageContaining("no reference").hasMessageContaining("replica 0");
      assertThat(e.getSuppressed()).hasSize(2);
      assertThat(e.getSuppressed()[1]).hasMessageContaining("no reference:2");
    }
  }

  /** Fails on one device. */
  private static Layer failingOn(int index) {
    return new Layer() {
      @Override
      protected Tensor call(Tensor x, CallContext context) {
        if (context.isTraining() && x.device().index() == index) {
          throw new IllegalStateException("out of order");
        }
        return x;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"0, true", "2, true", "0, false", "2, false"})
  void replicasThatWaitForAFailedOneAreLetGo(int index, boolean before) {
    Layer normalised = new BatchNormalization().acrossReplicas(true);
    Layer failing = failingOn(index);
    Layer dense = new Dense(4, "tanh");
    // Behind the failing layer the others wait in the forward pass, before it in the backward pass.
    Model model =
        before ? classifier(failing, dense, normalised) : classifier(dense, normalised, failing);
    try (model) {
      ReplicaException e =
          catchThrowableOfType(
              ReplicaException.class, () -> model.fit(points(64), o -> o.devices(devices(3))));
      assertThat(e).hasMessageContaining("out of order").hasMessageContaining("replica " + index);
      assertThat(e.getSuppressed()).hasSize(2);
      assertThat(e.getSuppressed()[0]).hasMessageContaining("another replica has ended");
    }
  }

  @Test
  void aDeviceThatWorksAheadReportsAtTheEndOfTheStep() {
    AtomicInteger waits = new AtomicInteger();
    Device ahead =
        OwnDevice.of(
            "works-ahead",
            backend ->
                (Backend)
                    Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, called, arguments) -> {
                          if (called.getName().equals("synchronize")
                              && waits.incrementAndGet() == 3) {
                            throw new LateIndexException("gather", "index 7 is outside");
                          }
                          return called.invoke(backend, arguments);
                        }));
    try (Model model = dense()) {
      assertThatThrownBy(
              () ->
                  model.fit(points(64), o -> o.batchSize(8).devices(Device.of("reference"), ahead)))
          .isInstanceOf(ReplicaException.class)
          .hasMessageContaining("replica 1 on works-ahead")
          .hasMessageContaining("index 7 is outside")
          .hasMessageContaining("a step with this error has changed");
      assertThat(model.objective().optimizer().iterations()).isEqualTo(3);
    }
  }

  @Test
  void layersThatUpdateOtherWeightsInEachReplicaAreRefused() {
    Layer counting =
        new Layer() {
          private Parameter sum;

          @Override
          protected void build(Shape input) {
            sum = addWeight("sum", Shape.of(2), Initializers.ZEROS, false, null);
          }

          @Override
          protected Tensor call(Tensor x, CallContext context) {
            if (context.isTraining() && x.device().index() == 0) {
              context.update(sum, context.current(sum).add(1));
            }
            return x;
          }
        };
    try (Model model = classifier(counting)) {
      assertThatThrownBy(() -> model.fit(points(64), o -> o.devices(devices(2))))
          .hasMessageContaining("updates for other weights");
    }
  }

  @Test
  void anInterruptEndsTrainingBetweenTwoSteps() {
    try (Model model = dense()) {
      Callback interrupting =
          new Callback() {
            @Override
            public void onBatchEnd(TrainingRun run, int batch, double loss) {
              if (batch == 2) {
                Thread.currentThread().interrupt();
              }
            }
          };
      assertThatThrownBy(
              () ->
                  model.fit(
                      points(64), o -> o.batchSize(8).callbacks(interrupting).devices(devices(2))))
          .isInstanceOf(TrainingInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(model.objective().optimizer().iterations()).isEqualTo(3);
    }
  }

  @Test
  void anInterruptWithinAStepLetsTheStepEnd() {
    Thread caller = Thread.currentThread();
    Layer interrupting =
        new Layer() {
          @Override
          protected Tensor call(Tensor x, CallContext context) {
            if (context.isTraining() && x.device().index() == 1) {
              caller.interrupt();
            }
            return x;
          }
        };
    try (Model model = classifier(interrupting)) {
      assertThatThrownBy(
              () -> model.fit(points(64), o -> o.prefetch(0).batchSize(8).devices(devices(2))))
          .isInstanceOf(TrainingInterruptedException.class)
          .hasMessageContaining("after batch 1");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(model.objective().optimizer().iterations()).isEqualTo(1);
    }
  }

  @Test
  void threadsEndWithTheTraining() throws InterruptedException {
    try (Model model = dense()) {
      model.fit(points(16), o -> o.devices(devices(2)));
    }
    for (int i = 0; i < 100 && replicaThreads() > 0; i++) {
      Thread.sleep(20);
    }
    assertThat(replicaThreads()).isZero();
  }

  private static long replicaThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("dendra-replica-"))
        .count();
  }

  @Test
  void devicesThatDoNotFitAreRefused() {
    try (Model model = dense()) {
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference", "reference:9")))
          .hasMessageContaining("no device reference:9")
          .hasMessageContaining("reference:3");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference", "reference")))
          .hasMessageContaining("reference comes twice");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference:*", "reference:1")))
          .hasMessageContaining("reference:1 comes twice");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices(new String[0])))
          .hasMessageContaining("at least one device");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("referense:*")))
          .hasMessageContaining("'reference'");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference:one")))
          .hasMessageContaining("'reference:one' is no device");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference:1", "reference:2")))
          .hasMessageContaining("the model is on reference")
          .hasMessageContaining("model.to(Device.of(\"reference:1\"))");
      assertThatThrownBy(() -> model.fit(points(4), o -> o.devices("reference:1")))
          .hasMessageContaining("the model is on reference");
      assertThat(model.parameters()).allMatch(p -> p.value().device().index() == 0);
    }
  }

  @Test
  void aStepOfOnesOwnIsRefused() {
    try (Model model = dense()) {
      Trainer trainer =
          new Trainer(model) {
            @Override
            protected Tensor trainStep(
                List<Tensor> inputs,
                List<Tensor> targets,
                List<Tensor> weights,
                CallContext context) {
              return super.trainStep(inputs, targets, weights, context);
            }
          };
      assertThatThrownBy(() -> trainer.fit(points(4), o -> o.devices(devices(2))))
          .hasMessageContaining("trainStep of its own");
      assertThat(trainer.fit(points(4), o -> o.devices(devices(1))).epochs()).isEqualTo(1);
    }
  }
}
