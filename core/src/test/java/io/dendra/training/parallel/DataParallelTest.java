package io.dendra.training.parallel;

import static io.dendra.training.parallel.Clusters.classifier;
import static io.dendra.training.parallel.Clusters.dense;
import static io.dendra.training.parallel.Clusters.devices;
import static io.dendra.training.parallel.Clusters.points;
import static io.dendra.training.parallel.Clusters.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.data.Dataset;
import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.layers.Replica;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.training.Callback;
import io.dendra.training.Evaluation;
import io.dendra.training.History;
import io.dendra.training.Trainer;
import io.dendra.training.TrainingRun;
import io.dendra.training.callbacks.EarlyStopping;
import io.dendra.training.callbacks.ModelCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of {@code fit} sees with several devices is what one device shows. */
class DataParallelTest {
  @TempDir Path folder;

  private static void assertSame(Model many, Model one, double bound) {
    for (int i = 0; i < one.parameters().size(); i++) {
      Parameter parameter = many.parameters().get(i);
      assertThat(parameter.value().device()).isEqualTo(one.device());
      assertThat(parameter.value().toNDArray().doubles())
          .as(parameter.path())
          .containsExactly(one.parameters().get(i).value().toNDArray().doubles(), within(bound));
    }
  }

  private static void assertSameLosses(History many, History one, double bound) {
    assertThat(many.batchLosses()).hasSameSizeAs(one.batchLosses());
    for (int i = 0; i < one.batchLosses().size(); i++) {
      assertThat(many.batchLosses().get(i)).isCloseTo(one.batchLosses().get(i), within(bound));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void historyValidationAndEvaluationAreThoseOfOneDevice(int n) {
    try (Model one = dense();
        Model many = dense()) {
      Dataset data = points(100);
      History a = one.fit(data, o -> o.epochs(3).batchSize(16).validation(points(40)));
      History b =
          many.fit(data, o -> o.epochs(3).batchSize(16).validation(points(40)).devices(devices(n)));
      assertThat(b.series().keySet())
          .containsExactly("loss", "accuracy", "val_loss", "val_accuracy");
      assertSameLosses(b, a, 1e-5);
      assertThat(b.get("accuracy")).isEqualTo(a.get("accuracy"));
      assertThat(b.get("val_accuracy")).isEqualTo(a.get("val_accuracy"));
      assertSame(many, one, 1e-5);
      assertThat(many.epochsTrained()).isEqualTo(3);
      assertThat(many.objective().optimizer().iterations()).isEqualTo(21);
      Evaluation evaluation = many.evaluate(data);
      assertThat(evaluation.loss()).isCloseTo(one.evaluate(data).loss(), within(1e-5));
      assertThat(many.predict(data.all().input()).doubles())
          .containsExactly(one.predict(data.all().input()).doubles(), within(1e-5));
    }
  }

  @Test
  void trainingGoesOnFromAFileWithTheSameBits() {
    Path file = folder.resolve("half.dendra");
    List<Double> whole = new ArrayList<>();
    List<NDArray> expected;
    try (Model model = dense()) {
      whole.addAll(
          model.fit(points(50), o -> o.epochs(4).batchSize(8).devices(devices(3))).batchLosses());
      expected = weights(model);
    }
    List<Double> parts = new ArrayList<>();
    try (Model model = dense()) {
      parts.addAll(
          model
              .fit(
                  points(50),
                  o ->
                      o.epochs(2)
                          .batchSize(8)
                          .devices(devices(3))
                          .callbacks(new ModelCheckpoint(file)))
              .batchLosses());
    }
    try (Model model = Model.load(file)) {
      model.to(Device.of("reference"));
      parts.addAll(
          model
              .fit(points(50), o -> o.epochs(4).initialEpoch(2).batchSize(8).devices(devices(3)))
              .batchLosses());
      assertThat(parts).isEqualTo(whole);
      assertThat(weights(model)).isEqualTo(expected);
    }
  }

  @Test
  void callbacksSeeTheModelsOwnWeightsAndMayChangeThem() {
    Callback halving =
        new Callback() {
          @Override
          public void onBatchEnd(TrainingRun run, int batch, double loss) {
            Parameter kernel = run.model().parameters().get(0);
            NDArray half = kernel.value().detach().mul(0.5).toNDArray();
            kernel.assign(half);
          }
        };
    try (Model one = dense();
        Model many = dense()) {
      History a = one.fit(points(64), o -> o.batchSize(8).callbacks(halving));
      History b = many.fit(points(64), o -> o.batchSize(8).callbacks(halving).devices(devices(2)));
      assertSameLosses(b, a, 1e-5);
      assertSame(many, one, 1e-5);
    }
  }

  @Test
  void earlyStoppingPutsTheBestWeightsBack() {
    try (Model model = dense()) {
      List<List<NDArray>> seen = new ArrayList<>();
      Callback spy =
          new Callback() {
            @Override
            public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
              logs.put("made_up", epoch == 1 ? 0.0 : 1.0 + epoch);
              seen.add(weights(run.model()));
            }
          };
      EarlyStopping stopping = new EarlyStopping("made_up").patience(2).restoreBestWeights();
      History history =
          model.fit(points(48), o -> o.epochs(20).callbacks(spy, stopping).devices(devices(2)));
      assertThat(history.epochs()).isEqualTo(4);
      assertThat(weights(model)).isEqualTo(seen.get(1)).isNotEqualTo(seen.get(3));
    }
  }

  @Test
  void frozenWeightsRegularizersAndGlobalClippingCountOnce() {
    List<Model> models = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Layer frozen = new Dense(8, "tanh");
      Dense penalised = new Dense(8, "relu").kernelRegularizer(Regularizers.l2(0.1));
      Model model = classifier(frozen, penalised).to(Device.of("reference"));
      model.build(1, 2, 2);
      frozen.trainable(false);
      Optimizer optimizer = new Adam(0.01).weightDecay(0.01).globalClipNorm(0.05);
      model.compile(o -> o.optimizer(optimizer).loss("sparse_categorical_crossentropy"));
      models.add(model);
    }
    try (Model one = models.get(0);
        Model many = models.get(1)) {
      NDArray before = one.parameters().get(0).value().toNDArray();
      History a = one.fit(points(50), o -> o.epochs(2).batchSize(10));
      History b = many.fit(points(50), o -> o.epochs(2).batchSize(10).devices(devices(3)));
      assertSameLosses(b, a, 1e-5);
      assertSame(many, one, 1e-5);
      assertThat(many.parameters().get(0).value().toNDArray()).isEqualTo(before);
    }
  }

  @Test
  void modelsOfSeveralInputsAndOutputsAreSplitToo() {
    List<History> histories = new ArrayList<>();
    for (int n = 1; n <= 2; n++) {
      int count = n;
      var left = Input.of(4);
      var right = Input.of(4);
      var shared = new Dense(6, "tanh");
      var y = new Dense(1).apply(shared.apply(left));
      var z = new Dense(2).apply(shared.apply(right));
      try (Model model = Functional.of(List.of(left, right), List.of(y, z))) {
        model.compile(
            o -> o.optimizer("sgd").loss("mse", "mae").lossWeights(1, 0.5).metrics("mae"));
        NDArray x = points(30).all().input().reshape(30, 4);
        Dataset data =
            Dataset.of(
                List.of(x, x),
                List.of(x.reshape(120, 1).rows(0, 30), x.reshape(60, 2).rows(0, 30)));
        histories.add(model.fit(data, o -> o.epochs(2).batchSize(7).devices(devices(count))));
      }
    }
    assertSameLosses(histories.get(1), histories.get(0), 1e-5);
    assertThat(histories.get(1).series().keySet())
        .isEqualTo(histories.get(0).series().keySet())
        .contains("output_1_mae");
    assertThat(histories.get(1).last("output_1_mae"))
        .isCloseTo(histories.get(0).last("output_1_mae"), within(1e-5));
  }

  @Test
  void movingAveragesAreTheMeanOfThoseOfTheParts() {
    try (Model model = classifier(new BatchNormalization().momentum(0.5))) {
      NDArray x = points(10).all().input();
      model.fit(
          x, points(10).all().target(), o -> o.batchSize(10).shuffle(false).devices(devices(3)));
      Parameter mean =
          model.parameters().stream().filter(p -> p.name().equals("moving_mean")).findFirst().get();
      double[] values = x.doubles();
      for (int feature = 0; feature < 4; feature++) {
        double sum = 0;
        for (int row = 0; row < 10; row++) {
          sum += values[row * 4 + feature];
        }
        // Parts of 4, 3 and 3 rows, each mean weighted by its rows.
        assertThat(mean.value().toNDArray().doubleAt(feature))
            .isCloseTo(0.5 * sum / 10, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void synchronisedBatchNormalisationGivesWhatOneDeviceGives(int n) {
    List<Model> models = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      models.add(
          classifier(
                  new Dense(8, "tanh"),
                  new BatchNormalization().acrossReplicas(true),
                  new Dense(6, "relu"),
                  new BatchNormalization().acrossReplicas(true))
              .to(Device.of("reference")));
    }
    try (Model one = models.get(0);
        Model many = models.get(1)) {
      one.compile("sgd", "sparse_categorical_crossentropy");
      many.compile("sgd", "sparse_categorical_crossentropy");
      // Batches of 11, 11 and 3: fewer rows than four devices.
      History a = one.fit(points(25), o -> o.epochs(2).batchSize(11));
      History b = many.fit(points(25), o -> o.epochs(2).batchSize(11).devices(devices(n)));
      assertSameLosses(b, a, 1e-5);
      assertSame(many, one, 2e-5);
    }
  }

  @Test
  void eachReplicaDropsOtherElements() {
    List<NDArray> draws = java.util.Collections.synchronizedList(new ArrayList<>());
    Layer drawing =
        new Layer() {
          @Override
          protected Tensor call(Tensor x, CallContext context) {
            if (context.isTraining()) {
              draws.add(NDArray.of(new long[] {context.nextKey().value()}));
            }
            return x;
          }
        };
    try (Model model = classifier(drawing)) {
      model.fit(points(32), o -> o.batchSize(8).devices(devices(4)));
    }
    assertThat(draws).hasSize(16).doesNotHaveDuplicates();
  }

  @Test
  void aModelThatHasBeenNowhereGoesToTheFirstDevice() {
    try (Model model = classifier()) {
      assertThat(model.isPlaced()).isFalse();
      model.fit(points(12), o -> o.devices("reference:2", "reference:1"));
      assertThat(model.device()).hasToString("reference:2");
    }
    try (Model model = classifier().to(Device.of("reference:3"))) {
      model.fit(points(12), o -> o.devices("reference:*"));
      assertThat(model.device()).hasToString("reference:3");
      assertThat(model.parameters().get(0).value().device()).hasToString("reference:3");
    }
  }

  @Test
  void trainOnBatchStaysOnOneDevice() {
    try (Model model = dense();
        Model other = dense()) {
      Trainer trainer = new Trainer(model);
      trainer.fit(points(32), o -> o.devices(devices(2)));
      other.fit(points(32), o -> o.devices(devices(2)));
      double loss = trainer.trainOnBatch(points(8).all(), RandomKey.of(1));
      assertThat(loss).isEqualTo(new Trainer(other).trainOnBatch(points(8).all(), RandomKey.of(1)));
    }
  }

  @Test
  void outsideOfReplicasAParameterHasItsOwnValues() {
    try (Model model = dense()) {
      model.fit(points(32), o -> o.devices(devices(2)));
      Parameter kernel = model.parameters().get(0);
      Replica.run(1, () -> assertThat(kernel.value().device()).hasToString("reference"));
    }
  }
}
