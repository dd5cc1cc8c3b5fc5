package io.dendra.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Sequential;
import io.dendra.nn.OwnDevice;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.optimizers.Adam;
import io.dendra.ops.OpException;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.training.callbacks.EarlyStopping;
import io.dendra.training.callbacks.ProgressBar;
import io.dendra.training.callbacks.StopAtThreshold;
import io.dendra.training.callbacks.TerminateOnNaN;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FitTest {
  private static final int CLASSES = 3;

  /** Points around three centres. */
  private static Dataset points(int n, long seed) {
    RandomStream random = new RandomStream(RandomKey.of(seed));
    float[] x = new float[n * 4];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = i % CLASSES;
      for (int j = 0; j < 4; j++) {
        double centre = j == y[i] ? 1 : 0;
        x[i * 4 + j] = (float) (centre + 0.25 * random.nextGaussian());
      }
    }
    return Dataset.of(NDArray.of(x, n, 2, 2), NDArray.of(y));
  }

  private static Sequential classifier(long seed) {
    Sequential model =
        Sequential.of(new Flatten(), new Dense(16, "relu"), new Dense(CLASSES, "softmax"));
    model.seed(seed);
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  @Test
  void learnsToTellClustersApart() {
    try (Sequential model = classifier(1)) {
      model.compile(
          o ->
              o.optimizer(new Adam(0.01))
                  .loss("sparse_categorical_crossentropy")
                  .metrics("accuracy"));
      History history =
          model.fit(points(600, 1), o -> o.epochs(5).batchSize(32).validation(points(150, 2)));
      assertThat(history.series().keySet())
          .containsExactly("loss", "accuracy", "val_loss", "val_accuracy");
      assertThat(history.epochs()).isEqualTo(5);
      assertThat(history.batchLosses()).hasSize(5 * 19);
      assertThat(history.last("loss")).isLessThan(history.get("loss").get(0));
      assertThat(model.evaluate(points(300, 3)).get("accuracy")).isGreaterThan(0.95);
    }
  }

  @Test
  void oneSeedGivesTheSameBits() {
    List<List<Double>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (Sequential model = classifier(7)) {
        runs.add(model.fit(points(200, 1), o -> o.epochs(2)).batchLosses());
      }
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1));
    try (Sequential other = classifier(8)) {
      assertThat(other.fit(points(200, 1), o -> o.epochs(2)).batchLosses())
          .isNotEqualTo(runs.get(0));
    }
  }

  @Test
  void predictionsAreProbabilitiesInTheOrderOfTheSamples() {
    try (Sequential model = classifier(1)) {
      Dataset data = points(70, 1);
      model.fit(data, o -> o.epochs(1));
      NDArray all = model.predict(data.all().input());
      assertThat(all.shape().dims()).containsExactly(70, CLASSES);
      NDArray last = model.predict(data.all().input().rows(69, 70));
      assertThat(all.rows(69, 70).floats()).containsExactly(last.floats());
      double sum = 0;
      for (float p : last.floats()) {
        sum += p;
      }
      assertThat(sum).isBetween(0.9999, 1.0001);
    }
  }

  @Test
  void memoryEndsWhereItStood() {
    Device device = OwnDevice.of("fit-memory");
    try (Sequential model = classifier(1)) {
      model.to(device);
      model.fit(points(320, 1), o -> o.epochs(10));
      long after = OwnDevice.live(device);
      model.fit(points(320, 1), o -> o.epochs(30));
      assertThat(OwnDevice.live(device)).isEqualTo(after);
    }
    assertThat(OwnDevice.live(device)).isZero();
  }

  @Test
  void sampleWeightsOfZeroLeaveSamplesOut() {
    Batch all = points(90, 1).all();
    float[] weights = new float[90];
    java.util.Arrays.fill(weights, 0, 30, 3);
    try (Sequential weighted = classifier(1);
        Sequential fewer = classifier(1)) {
      Batch batch = Batch.of(all.input(), all.target(), NDArray.of(weights));
      double loss = weighted.evaluate(Dataset.of(batch), 90).loss();
      double expected =
          fewer.evaluate(Dataset.of(all.input().rows(0, 30), all.target().rows(0, 30)), 90).loss();
      assertThat(loss).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-5));
    }
  }

  @Test
  void earlyStoppingPutsTheBestWeightsBack() {
    try (Sequential model = classifier(1)) {
      List<float[]> kernels = new ArrayList<>();
      Callback spy =
          new Callback() {
            @Override
            public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
              // A loss that is best in the second epoch.
              logs.put("made_up", epoch == 1 ? 0.0 : 1.0 + epoch);
              kernels.add(kernel(run.model().parameters()));
            }
          };
      EarlyStopping stopping = new EarlyStopping("made_up").patience(2).restoreBestWeights();
      History history = model.fit(points(96, 1), o -> o.epochs(20).callbacks(spy, stopping));
      assertThat(history.epochs()).isEqualTo(4);
      assertThat(history.stopReason()).contains("made_up").contains("epoch 2");
      assertThat(stopping.bestEpoch()).isEqualTo(1);
      assertThat(kernel(model.parameters())).containsExactly(kernels.get(1));
    }
  }

  private static float[] kernel(List<Parameter> parameters) {
    return parameters.get(0).value().toNDArray().floats();
  }

  @Test
  void stopsAtAThresholdAndOnNaN() {
    try (Sequential model = classifier(1)) {
      History history =
          model.fit(
              points(300, 1), o -> o.epochs(50).callbacks(new StopAtThreshold("accuracy", 0.5)));
      assertThat(history.epochs()).isLessThan(50);
      assertThat(history.stopReason()).contains("accuracy reached");
    }
    try (Sequential model = classifier(1)) {
      model.compile(
          o -> o.optimizer(new Adam(1e38)).loss((target, prediction) -> prediction.exp().sum(1)));
      History history =
          model.fit(points(300, 1), o -> o.epochs(50).callbacks(new TerminateOnNaN()));
      assertThat(history.stopReason()).contains("learning rate");
    }
  }

  @Test
  void progressBarShowsBatchesAndTimeLeft() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Sequential model = classifier(1)) {
      model.fit(points(64, 1), o -> o.epochs(2).callbacks(new ProgressBar(out)));
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("Epoch 1/2").contains("Epoch 2/2").contains("accuracy");
  }

  @Test
  void anInterruptEndsTrainingBetweenTwoSteps() {
    try (Sequential model = classifier(1)) {
      Callback interrupting =
          new Callback() {
            @Override
            public void onBatchEnd(TrainingRun run, int batch, double loss) {
              if (batch == 3) {
                Thread.currentThread().interrupt();
              }
            }
          };
      assertThatThrownBy(() -> model.fit(points(640, 1), o -> o.epochs(3).callbacks(interrupting)))
          .isInstanceOf(TrainingInterruptedException.class)
          .hasMessageContaining("epoch 1");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void twoTrainingsAtOnceGiveWhatEachGivesAlone() throws InterruptedException {
    List<Double> aloneA;
    List<Double> aloneB;
    try (Sequential a = classifier(1);
        Sequential b = classifier(2)) {
      aloneA = a.fit(points(320, 1), o -> o.epochs(3)).batchLosses();
      aloneB = b.fit(points(320, 2), o -> o.epochs(3)).batchLosses();
    }
    try (Sequential a = classifier(1);
        Sequential b = classifier(2)) {
      List<Double> together = new ArrayList<>();
      Thread thread =
          new Thread(
              () -> together.addAll(a.fit(points(320, 1), o -> o.epochs(3)).batchLosses()),
              "second training");
      thread.start();
      List<Double> other = b.fit(points(320, 2), o -> o.epochs(3)).batchLosses();
      thread.join();
      assertThat(together).isEqualTo(aloneA);
      assertThat(other).isEqualTo(aloneB);
    }
  }

  @Test
  void errorsNameTheLayerAndWhatWouldFit() {
    try (Sequential model = Sequential.of(new Dense(4), new Dense(3).named("head"))) {
      assertThatThrownBy(() -> model.fit(points(8, 1))).hasMessageContaining("compile");
      model.build(1, 5);
      assertThatThrownBy(() -> model.predict(NDArray.of(new float[6], 1, 6)))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("in layer dense")
          .hasMessageContaining("[1, 6]");
    }
    try (Sequential model = classifier(1)) {
      Dataset wrong =
          Dataset.of(points(6, 1).all().input(), NDArray.of(new int[] {0, 1, 2, 0, 1, 9}));
      assertThatThrownBy(() -> model.fit(wrong)).hasMessageContaining("label 9");
      assertThatThrownBy(() -> model.compile("adm", "mse")).hasMessageContaining("'adam'");
      assertThatThrownBy(() -> model.compile("adam", "sparse_crossentropy"))
          .hasMessageContaining("sparse_categorical_crossentropy");
      assertThatThrownBy(() -> new Dense(3, "rellu")).hasMessageContaining("'relu'");
    }
  }
}
