package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.Backends;
import io.dendra.backend.MemoryStats;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.data.Dataset;
import io.dendra.data.HandwrittenDigits;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Reshape;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.LossScaleOptimizer;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.training.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole trainings on each engine. */
class EngineTrainingTest {
  private static final Dataset DIGITS =
      Dataset.of(HandwrittenDigits.generate(2_000, RandomKey.of(1)));

  private static Model compiled(Device device, Layer... layers) {
    Model model = Sequential.of(layers).seed(1).to(device);
    return model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
  }

  private static Model dense(Device device) {
    return compiled(device, new Flatten(), new Dense(128, "relu"), new Dense(10, "softmax"));
  }

  private static Model convolutional(Device device) {
    return compiled(
        device,
        new Reshape(28, 28, 1),
        new Conv2D(8, 3, "relu"),
        new BatchNormalization(),
        new MaxPooling2D(2),
        new Dropout(0.25),
        new Flatten(),
        new Dense(10, "softmax"));
  }

  private static Model recurrent(Device device) {
    return compiled(device, new LSTM(24), new Dense(10, "softmax"));
  }

  private static List<Double> losses(Supplier<Model> make, int samples) {
    try (Model model = make.get()) {
      return model.fit(DIGITS.take(samples), o -> o.epochs(1).batchSize(100)).batchLosses();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void firstTenLossesAreThoseOfTheReferenceBackend(EngineChoice engine) {
    Device device = EngineProvider.device(engine);
    List<Double> expected = losses(() -> dense(Device.of("reference")), 1_000);
    List<Double> actual = losses(() -> dense(device), 1_000);
    assertThat(actual).hasSize(10);
    for (int i = 0; i < 10; i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-4));
    }
  }

  /** With a loss scale under which no step overflows, so that all trainings make the same steps. */
  private static Model inTypes(String policy, Model model) {
    Optimizer adam = new Adam();
    boolean scaled = policy.equals("mixed_float16");
    return model
        .dtype(policy)
        .compile(
            o ->
                o.optimizer(scaled ? new LossScaleOptimizer(adam, 256, 2000) : adam)
                    .loss("sparse_categorical_crossentropy"));
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void mixedPrecisionFollowsFloat32(EngineChoice engine) {
    Device device = EngineProvider.device(engine);
    List<Supplier<Model>> models =
        List.of(() -> dense(device), () -> convolutional(device), () -> recurrent(device));
    for (Supplier<Model> model : models) {
      List<Double> exact = losses(model, 1_000);
      for (String policy : List.of("mixed_bfloat16", "mixed_float16")) {
        List<Double> mixed = losses(() -> inTypes(policy, model.get()), 1_000);
        assertThat(losses(() -> inTypes(policy, model.get()), 1_000)).isEqualTo(mixed);
        double rounding = policy.equals("mixed_float16") ? 0x1p-11 : 0x1p-8;
        for (int i = 0; i < 10; i++) {
          assertThat(mixed.get(i))
              .as("loss of batch %d, %s", i, policy)
              .isCloseTo(exact.get(i), within(8 * rounding * (1 + exact.get(i))));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void oneSeedGivesTheSameBits(EngineChoice engine) {
    Device device = EngineProvider.device(engine);
    List<Supplier<Model>> models =
        List.of(() -> dense(device), () -> convolutional(device), () -> recurrent(device));
    for (Supplier<Model> model : models) {
      assertThat(losses(model, 1_000)).isEqualTo(losses(model, 1_000));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void twoTrainingsAtOnceGiveWhatEachGivesAlone(EngineChoice engine) throws InterruptedException {
    Device device = EngineProvider.device(engine);
    List<Double> first = losses(() -> convolutional(device), 600);
    List<Double> second = losses(() -> dense(device), 2_000);
    List<Double> together = new ArrayList<>();
    Thread thread =
        new Thread(() -> together.addAll(losses(() -> convolutional(device), 600)), "training");
    thread.start();
    List<Double> beside = losses(() -> dense(device), 2_000);
    thread.join();
    assertThat(together).isEqualTo(first);
    assertThat(beside).isEqualTo(second);
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void predictionsOfSeveralThreadsAreThoseOfOne(EngineChoice engine) throws InterruptedException {
    Device device = EngineProvider.device(engine);
    NDArray images = DIGITS.take(200).all().input();
    try (Model model = convolutional(device)) {
      NDArray expected = model.predict(images);
      List<NDArray> found = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread thread =
            new Thread(
                () -> {
                  NDArray prediction = model.predict(images);
                  synchronized (found) {
                    found.add(prediction);
                  }
                },
                "prediction " + i);
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(found).hasSize(4).allMatch(expected::equals);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void memoryStandsStillOverTenThousandSteps(EngineChoice engine) {
    Device device = EngineProvider.device(engine);
    Dataset data = DIGITS.take(64).batch(16);
    try (Model model =
        compiled(device, new Flatten(), new Dense(8, "relu"), new Dense(10, "softmax"))) {
      Trainer trainer = new Trainer(model);
      train(trainer, data, 100);
      MemoryStats before = Backends.open(device).memory().stats();
      long nativeBefore = Pointer.totalBytes();
      train(trainer, data, 10_000);
      MemoryStats after = Backends.open(device).memory().stats();
      // Less when the collector finds meanwhile what an earlier test left on the device.
      assertThat(after.live()).isLessThanOrEqualTo(before.live());
      assertThat(after.blocks()).isEqualTo(before.blocks());
      assertThat(after.cached()).isEqualTo(before.cached());
      assertThat(after.peak()).isEqualTo(before.peak());
      // JavaCPP's own small objects are given back whenever the collector finds them.
      assertThat(Pointer.totalBytes()).isLessThan(nativeBefore + 4_096);
    }
  }

  private static void train(Trainer trainer, Dataset data, int steps) {
    RandomKey key = RandomKey.of(1);
    for (int step = 0; step < steps; ) {
      try (var batches = data.iterator(0)) {
        while (batches.hasNext() && step < steps) {
          trainer.trainOnBatch(batches.next(), key.fold(step++));
        }
      }
    }
  }
}
