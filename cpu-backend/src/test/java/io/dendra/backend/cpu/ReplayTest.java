package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.backend.Buffer;
import io.dendra.backend.MemoryStats;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.backend.plan.Plan;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.config.Config;
import io.dendra.data.Batch;
import io.dendra.models.Model;
import io.dendra.models.Predictor;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Activation;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Embedding;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.LSTM;
import io.dendra.ops.CompiledFunction;
import io.dendra.ops.Indexing;
import io.dendra.ops.OpException;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps, predictions and functions that are recorded and replayed, on each engine. */
class ReplayTest {
  private static final int FEATURES = 12;

  @AfterEach
  void captureAsUsual() {
    Config.set("dendra.capture", null);
  }

  private static Model dense(EngineChoice engine) {
    Model model =
        Sequential.of(new Dense(16, "relu"), new Dropout(0.2), new Dense(4, "softmax"))
            .seed(3)
            .to(EngineProvider.device(engine));
    return model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
  }

  /**
   * At a thousand steps a second each KB of garbage is a MB, which the collector lets grow before
   * it collects. The bound is what a step needs while the JIT compiler has not yet seen it.
   */
  @Test
  void replayedStepsLeaveLittleGarbage() {
    try (Model model =
        Sequential.of(new Dense(64, "relu"), new Dense(4))
            .to(EngineProvider.device(EngineChoice.ONEDNN))
            .compile("adam", "sparse_categorical_crossentropy")) {
      Batch batch = batch(64);
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 10; round++) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int step = 0; step < 20; step++) {
          model.trainOnBatch(batch);
        }
        long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        least = Math.min(least, (after - before) / 20);
      }
      assertThat(least).isLessThan(30_000);
    }
  }

  private static NDArray inputs(int samples, long... shape) {
    long[] all = new long[shape.length + 1];
    all[0] = samples;
    System.arraycopy(shape, 0, all, 1, shape.length);
    float[] values = new float[(int) Arrays.stream(all).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(0.7 * i);
    }
    return NDArray.of(values, all);
  }

  private static Batch batch(int samples) {
    int[] labels = new int[samples];
    Arrays.setAll(labels, i -> i % 4);
    return Batch.of(inputs(samples, FEATURES), NDArray.of(labels, samples));
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void alternatingBatchSizesTakeNoMoreMemoryWithTime(EngineChoice engine) {
    List<Batch> sizes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sizes.add(batch(8 + 3 * i));
    }
    try (Model model = dense(engine)) {
      MemoryStats early = null;
      for (int step = 0; step < 10_000; step++) {
        model.trainOnBatch(sizes.get(step % sizes.size()));
        if (step == 100) {
          early = Backends.open(model.device()).memory().stats();
        }
      }
      assertThat(Backends.open(model.device()).memory().stats()).isEqualTo(early);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void anyNumberOfShapesIsTaken(EngineChoice engine) {
    try (Model replayed = dense(engine);
        Model eager = dense(engine)) {
      for (int round = 0; round < 3; round++) {
        for (int size = 1; size <= 40; size++) {
          Config.set("dendra.capture", "auto");
          double loss = replayed.trainOnBatch(batch(size));
          Config.set("dendra.capture", "off");
          assertThat(loss).isEqualTo(eager.trainOnBatch(batch(size)));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void threadsPredictTheSame(EngineChoice engine) throws Exception {
    try (Model model =
            Sequential.of(
                    new Conv2D(6, 3, "relu"),
                    new BatchNormalization(),
                    new Flatten(),
                    new Dense(5, "softmax"))
                .seed(1)
                .to(EngineProvider.device(engine));
        Threads threads = new Threads(4)) {
      NDArray images = inputs(9, 8, 8, 2);
      NDArray expected = model.predict(images);
      for (int count : new int[] {1, 2, 4}) {
        Callable<List<NDArray>> work =
            () -> {
              List<NDArray> found = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                found.add(model.predict(images));
              }
              return found;
            };
        for (Future<List<NDArray>> found : threads.run(count, work)) {
          assertThat(found.get()).allMatch(expected::equals);
        }
      }
    }
  }

  /** Folding rounds once more or less: a few units of the last place of the largest sums. */
  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void batchNormIsFoldedIntoTheWeightsBefore(EngineChoice engine) {
    try (Model model =
        Sequential.of(
                new Conv2D(6, 3).useBias(false),
                new BatchNormalization(),
                new Activation("relu"),
                new Conv2D(5, 1),
                new BatchNormalization(),
                new Flatten(),
                new Dense(8),
                new BatchNormalization(),
                new Activation("tanh"),
                new Dense(4, "softmax"))
            .seed(1)
            .to(EngineProvider.device(engine))) {
      model.compile("adam", "sparse_categorical_crossentropy");
      NDArray images = inputs(6, 8, 8, 2);
      for (int step = 0; step < 6; step++) {
        model.trainOnBatch(images, NDArray.of(new int[] {0, 1, 2, 3, 0, 1}, 6));
        NDArray predicted = model.predict(images);
        assertThat(predicted.floats()).containsExactly(eager(model, images), within(1e-5f));
      }
      assertThat(calls(model, images))
          .contains("conv_bias", "linear")
          .doesNotContain("MUL")
          .doesNotContain("RELU")
          .doesNotContain("elementwise_chain");
    }
  }

  /** What a prediction's plan calls. */
  private static String calls(Model model, NDArray samples) {
    OpenDevice device = Backends.open(model.device());
    List<Buffer> weights = model.parameters().stream().map(p -> p.value().view().buffer()).toList();
    try (TensorScope scope = TensorScope.open("test");
        PlanMemory memory = new PlanMemory(device.memory())) {
      Tensor x = Tensor.of(samples, model.device());
      List<Tensor> kept = new ArrayList<>();
      Plan plan =
          Plan.recordPrediction(
              device,
              memory,
              weights,
              () ->
                  TensorScope.run(
                      () ->
                          model
                              .apply(List.of(x), CallContext.inference())
                              .forEach(y -> kept.add(y.retained()))));
      String calls = plan.toString();
      plan.close();
      kept.forEach(Tensor::close);
      return calls;
    }
  }

  private static float[] eager(Model model, NDArray samples) {
    return TensorScope.run(
        () -> {
          Tensor x = Tensor.of(samples, model.device());
          return model.apply(List.of(x), CallContext.inference()).get(0).toNDArray().floats();
        });
  }

  private record Threads(ExecutorService service) implements AutoCloseable {
    Threads(int count) {
      this(Executors.newFixedThreadPool(count));
    }

    <T> List<Future<T>> run(int count, Callable<T> work) throws InterruptedException {
      return service.invokeAll(Collections.nCopies(count, work));
    }

    @Override
    public void close() {
      service.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void predictionsFollowTheTraining(EngineChoice engine) {
    try (Model model = dense(engine)) {
      NDArray samples = inputs(1, FEATURES);
      model.build(1, FEATURES);
      try (Predictor predictor = model.predictor(FEATURES)) {
        for (int step = 0; step < 5; step++) {
          model.trainOnBatch(batch(16));
          float[] once = predictor.predict(samples.floats());
          assertThat(once).isEqualTo(model.predict(samples).floats());
          assertThat(once).isEqualTo(eager(model, samples));
        }
        assertThatThrownBy(() -> predictor.predict(new float[3]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("[1, 12]")
            .hasMessageContaining("given 3");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void aWrongIndexIsToldAsByAnEagerStep(EngineChoice engine) {
    try (Model model =
        Sequential.of(new Embedding(5, 3), new LSTM(4), new Dense(3, "softmax"))
            .seed(1)
            .to(EngineProvider.device(engine))) {
      model.compile("adam", "sparse_categorical_crossentropy");
      NDArray labels = NDArray.of(new int[] {0, 1}, 2);
      NDArray right = NDArray.of(new int[] {0, 1, 2, 3, 4, 0}, 2, 3);
      NDArray wrong = NDArray.of(new int[] {0, 1, 2, 3, 9, 0}, 2, 3);
      for (int i = 0; i < 4; i++) {
        model.trainOnBatch(right, labels);
      }
      assertThatThrownBy(() -> model.trainOnBatch(wrong, labels))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("index 9");
      assertThatThrownBy(() -> model.trainOnBatch(right, NDArray.of(new int[] {0, 7}, 2)))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("label 7 is out of range");
      assertThat(model.trainOnBatch(right, labels)).isFinite();
      for (int i = 0; i < 3; i++) {
        assertThat(model.predict(right).floats()).hasSize(6);
      }
      assertThatThrownBy(() -> model.predict(wrong))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("index 9");
      assertThat(model.predict(right).floats()).hasSize(6);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void compiledFunctionsGiveTheBitsOfTheirOps(EngineChoice engine) {
    Device device = EngineProvider.device(engine);
    try (TensorScope scope = TensorScope.open("test");
        CompiledFunction swish =
            CompiledFunction.of(x -> x.mul(1.5).add(0.2).tanh().mul(x.sigmoid()));
        CompiledFunction views = CompiledFunction.of(x -> x.add(1).transpose().slice(0, 1, 3))) {
      for (int size : new int[] {1, 7, 100_003, 7}) {
        Tensor x = Tensor.of(inputs(size, 3), device);
        assertThat(swish.apply(x).toNDArray())
            .isEqualTo(x.mul(1.5).add(0.2).tanh().mul(x.sigmoid()).toNDArray());
        assertThat(swish.apply(x.transpose()).toNDArray())
            .isEqualTo(swish.apply(x).transpose().toNDArray());
        assertThat(views.apply(x).toNDArray())
            .isEqualTo(x.add(1).transpose().slice(0, 1, 3).toNDArray());
      }
      Tensor table = Tensor.of(inputs(4, 3), device);
      Tensor places = Tensor.of(NDArray.of(new long[] {1, 2}, 2), device);
      Tensor wrong = Tensor.of(NDArray.of(new long[] {1, 5}, 2), device);
      try (CompiledFunction rows = CompiledFunction.of(p -> Indexing.gather(table, p, 0).add(1))) {
        assertThat(rows.apply(places).toNDArray()).isEqualTo(rows.apply(places).toNDArray());
        assertThatThrownBy(() -> rows.apply(wrong))
            .isInstanceOf(OpException.class)
            .hasMessageContaining("index 5");
        assertThat(rows.apply(places).shape()).isEqualTo(Shape.of(2, 3));
      }
      Tensor x = Tensor.of(inputs(2, 3), device).requiresGrad();
      Tensor gradient = Autograd.grad(swish.apply(x).sum(), List.of(x)).get(0);
      assertThat(gradient.shape()).isEqualTo(x.shape());
    }
  }
}
