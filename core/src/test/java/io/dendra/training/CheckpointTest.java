package io.dendra.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.optimizers.SGD;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import io.dendra.training.callbacks.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  private static Dataset data() {
    RandomStream random = new RandomStream(RandomKey.of(3));
    float[] x = new float[96 * 5];
    int[] y = new int[96];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i * 5] > 0 ? 1 : 0;
    }
    return Dataset.of(NDArray.of(x, 96, 5), NDArray.of(y));
  }

  private static Model model() {
    return Sequential.of(
            new Dense(8, "relu"),
            new BatchNormalization(),
            new Dropout(0.3),
            new Dense(2, "softmax"))
        .seed(5)
        .compile("adam", "sparse_categorical_crossentropy", "accuracy");
  }

  @Test
  void trainingGoesOnAsIfNeverStopped() {
    Path file = folder.resolve("model.dendra");
    List<Double> whole;
    NDArray expected;
    try (Model model = model()) {
      whole = model.fit(data(), o -> o.epochs(4).batchSize(16)).batchLosses();
      expected = model.predict(data().all().input());
    }
    List<Double> parts = new ArrayList<>();
    try (Model first = model()) {
      parts.addAll(first.fit(data(), o -> o.epochs(2).batchSize(16)).batchLosses());
      first.save(file);
    }
    try (Model second = Model.load(file)) {
      assertThat(second.epochsTrained()).isEqualTo(2);
      parts.addAll(
          second
              .fit(data(), o -> o.epochs(4).initialEpoch(second.epochsTrained()).batchSize(16))
              .batchLosses());
      assertThat(parts).isEqualTo(whole);
      assertThat(second.predict(data().all().input())).isEqualTo(expected);
    }
  }

  @Test
  void everyOptimizerGoesOnToo() {
    for (String optimizer : List.of("sgd", "rmsprop", "adam", "adamw")) {
      Path file = folder.resolve(optimizer + ".dendra");
      try (Model model = model()) {
        model.compile(optimizer, "sparse_categorical_crossentropy");
        model.fit(data(), o -> o.epochs(1));
        model.save(file);
        List<Double> losses = model.fit(data(), o -> o.epochs(2).initialEpoch(1)).batchLosses();
        try (Model loaded = Model.load(file)) {
          assertThat(loaded.fit(data(), o -> o.epochs(2).initialEpoch(1)).batchLosses())
              .as(optimizer)
              .isEqualTo(losses);
        }
      }
    }
  }

  @Test
  void checkpointKeepsTheBestAndSurvivesAnInterrupt() {
    Path file = folder.resolve("best.dendra");
    try (Model model = model()) {
      Callback interrupting =
          new Callback() {
            @Override
            public void onEpochBegin(TrainingRun run, int epoch) {
              if (epoch == 2) {
                Thread.currentThread().interrupt();
              }
            }
          };
      assertThatThrownBy(
              () ->
                  model.fit(
                      data(),
                      o ->
                          o.epochs(9)
                              .callbacks(
                                  new ModelCheckpoint(file).saveBestOnly("loss"), interrupting)))
          .isInstanceOf(TrainingInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    try (Model best = Model.load(file)) {
      assertThat(best.epochsTrained()).isBetween(1, 2);
      assertThat(best.evaluate(data()).loss()).isFinite();
    }
  }

  @Test
  void aLossWithoutANameIsLeftOut() {
    Path file = folder.resolve("own.dendra");
    try (Model model = model()) {
      model.compile(new SGD(0.1), (target, prediction) -> prediction.square().sum(1));
      model.fit(data());
      model.save(file);
      try (Model loaded = Model.load(file)) {
        assertThat(loaded.isCompiled()).isFalse();
        assertThat(loaded.predict(data().all().input()))
            .isEqualTo(model.predict(data().all().input()));
      }
    }
  }

  @Test
  void aFailedSaveLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("kept.dendra");
    try (Model model = model()) {
      model.build(1, 5);
      model.save(file);
      byte[] before = Files.readAllBytes(file);
      assertThatThrownBy(() -> model.save(file.resolve("below-a-file.dendra")))
          .hasMessageContaining("below-a-file");
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      assertThat(folder.toFile().list()).containsExactly("kept.dendra");
    }
  }
}
