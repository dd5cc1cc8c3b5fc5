package io.dendra.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.DTypePolicy;
import io.dendra.nn.layers.Add;
import io.dendra.nn.layers.AveragePooling2D;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Concatenate;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Embedding;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.GlobalAveragePooling2D;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.MultiHeadAttention;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.layers.Rescaling;
import io.dendra.nn.layers.Reshape;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.LossScaleOptimizer;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.SGD;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.Dispatcher;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixedPrecisionTest {
  @TempDir Path folder;

  /** Three kinds of waves, {@code [96, 8, 6]}. */
  private static Dataset data() {
    RandomStream random = new RandomStream(RandomKey.of(3));
    float[] x = new float[96 * 48];
    int[] y = new int[96];
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 3;
      for (int j = 0; j < 48; j++) {
        x[i * 48 + j] = (float) (Math.sin((y[i] + 1) * j * 0.4) + 0.3 * random.nextGaussian());
      }
    }
    return Dataset.of(NDArray.of(x, 96, 8, 6), NDArray.of(y));
  }

  private static Model model(String kind, String policy) {
    Model model =
        switch (kind) {
          case "mlp" ->
              Sequential.of(
                  new Flatten(),
                  new Dense(12, "relu").kernelRegularizer(Regularizers.l2(1e-3)),
                  new Dropout(0.1),
                  new Dense(3, "softmax"));
          case "cnn" ->
              Sequential.of(
                  new Reshape(8, 6, 1),
                  new Conv2D(4, 3),
                  new BatchNormalization(),
                  new io.dendra.nn.layers.Activation("relu"),
                  new Flatten(),
                  new Dense(3, "softmax"));
          case "lstm" -> Sequential.of(new LSTM(8), new Dense(3, "softmax"));
          case "gru" -> Sequential.of(new GRU(8), new Dense(3, "softmax"));
          default ->
              Sequential.of(
                  new MultiHeadAttention(2, 4),
                  new LayerNormalization(),
                  new Flatten(),
                  new Dense(3, "softmax"));
        };
    Optimizer adam = new Adam(0.01).globalClipNorm(5).weightDecay(1e-4);
    // With the usual scale its first step overflows and is left out.
    boolean lower = kind.equals("attention") && policy.equals("mixed_float16");
    return model
        .dtype(policy)
        .seed(5)
        .compile(
            o ->
                o.optimizer(lower ? new LossScaleOptimizer(adam, 0x1p12, 2000) : adam)
                    .loss("sparse_categorical_crossentropy")
                    .metrics("accuracy"));
  }

  private static History train(Model model) {
    return model.fit(data(), o -> o.epochs(3).batchSize(16));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, mixed_bfloat16",
    "mlp, mixed_float16",
    "cnn, mixed_bfloat16",
    "cnn, mixed_float16",
    "lstm, mixed_bfloat16",
    "lstm, mixed_float16",
    "gru, mixed_bfloat16",
    "gru, mixed_float16",
    "attention, mixed_bfloat16",
    "attention, mixed_float16"
  })
  void convergesAsFloat32Does(String kind, String policy) {
    double rounding = policy.endsWith("bfloat16") ? 0x1p-8 : 0x1p-11;
    try (Model exact = model(kind, "float32");
        Model mixed = model(kind, policy);
        Model again = model(kind, policy)) {
      History expected = train(exact);
      History actual = train(mixed);
      assertThat(expected.last("loss")).isLessThan(0.7 * expected.batchLosses().get(0));
      for (int epoch = 0; epoch < 3; epoch++) {
        double loss = expected.get("loss").get(epoch);
        // Steps of Adam are of the size of the learning rate also where a gradient is all rounding.
        assertThat(Math.abs(actual.get("loss").get(epoch) - loss))
            .as("loss of epoch %d, %s in float32", epoch, loss)
            .isLessThan(8 * rounding * (1 + loss));
      }
      assertThat(train(again).batchLosses()).isEqualTo(actual.batchLosses());
      mixed.parameters().forEach(p -> assertThat(p.dtype()).isEqualTo(DType.FLOAT32));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixed_bfloat16", "mixed_float16"})
  void trainingGoesOnAsIfNeverStopped(String policy) {
    Path file = folder.resolve("model.dendra");
    NDArray x = data().all().input();
    try (Model whole = model("cnn", policy);
        Model first = model("cnn", policy)) {
      List<Double> losses = train(whole).batchLosses();
      List<Double> parts = new ArrayList<>();
      parts.addAll(first.fit(data(), o -> o.epochs(2).batchSize(16)).batchLosses());
      first.save(file);
      try (Model second = Model.load(file)) {
        assertThat(second.policy().name()).isEqualTo(policy);
        assertThat(second.summary()).isEqualTo(first.summary()).contains(policy);
        parts.addAll(
            second.fit(data(), o -> o.epochs(3).initialEpoch(2).batchSize(16)).batchLosses());
        assertThat(parts).isEqualTo(losses);
        assertThat(second.predict(x)).isEqualTo(whole.predict(x));
        assertThat(second.predict(x).dtype()).isEqualTo(DTypePolicy.of(policy).compute());
      }
    }
  }

  @Test
  void anOutputLayerCanHaveTypesOfItsOwn() {
    Path file = folder.resolve("model.dendra");
    Model model =
        Sequential.of(new Flatten(), new Dense(4, "relu"), new Dense(3).dtype("float32"))
            .dtype("mixed_float16")
            .compile("adam", "mse");
    try (model) {
      model.build(1, 8, 6);
      NDArray x = data().all().input();
      assertThat(model.predict(x).dtype()).isEqualTo(DType.FLOAT32);
      model.save(file);
      try (Model loaded = Model.load(file)) {
        assertThat(loaded.layers().get(2).policy()).isEqualTo(DTypePolicy.FLOAT32);
        assertThat(loaded.layers().get(1).policy()).isEqualTo(DTypePolicy.MIXED_FLOAT16);
        assertThat(loaded.predict(x)).isEqualTo(model.predict(x));
      }
    }
  }

  @Test
  void onlyFloat16ScalesTheLoss() {
    try (Model half = model("mlp", "mixed_float16");
        Model brain = model("mlp", "mixed_bfloat16");
        Model plain = model("mlp", "float32")) {
      assertThat(train(half).get("loss_scale")).containsExactly(32768.0, 32768.0, 32768.0);
      assertThat(half.objective().optimizer()).isInstanceOf(LossScaleOptimizer.class);
      assertThat(brain.objective().optimizer()).isInstanceOf(Adam.class);
      assertThat(plain.dtype("mixed_float16").objective().optimizer())
          .isInstanceOf(LossScaleOptimizer.class);
      plain.compile(o -> o.optimizer("sgd").loss("mse").autoScaleLoss(false));
      assertThat(plain.objective().optimizer()).isInstanceOf(SGD.class);
    }
  }

  @Test
  void aStepThatOverflowsChangesNothing() {
    try (Model model = model("cnn", "mixed_float16")) {
      train(model);
      List<NDArray> before = values(model);
      LossScaleOptimizer optimizer = (LossScaleOptimizer) model.objective().optimizer();
      long iterations = optimizer.iterations();
      float[] huge = new float[4 * 48];
      java.util.Arrays.fill(huge, 6e4f);
      Batch batch = Batch.of(NDArray.of(huge, 4, 8, 6), NDArray.of(new int[] {0, 1, 2, 0}));
      new Trainer(model).trainOnBatch(batch, RandomKey.of(1));
      assertThat(optimizer.scale()).isEqualTo(16384);
      assertThat(optimizer.iterations()).isEqualTo(iterations);
      assertThat(values(model)).isEqualTo(before);
    }
  }

  private static List<NDArray> values(Model model) {
    return model.parameters().stream().map(p -> p.value().toNDArray()).toList();
  }

  @Test
  void aSharedWeightIsCastOnceInAPass() {
    var in = Input.of(6);
    Dense shared = new Dense(6, "relu");
    Model model = Model.of(in, shared.apply(shared.apply(shared.apply(in))));
    try (model) {
      model.dtype("mixed_bfloat16").build(2, 6);
      AtomicInteger casts = new AtomicInteger();
      NDArray x = NDArray.zeros(DType.FLOAT32, Shape.of(2, 6));
      Dispatcher.listen(
          (primitive, before, after, nanos) -> {
            if (primitive.name().equals("cast") && after[0].dtype() == DType.BFLOAT16) {
              casts.incrementAndGet();
            }
          },
          () -> model.predict(x));
      // The input, the kernel and the bias.
      assertThat(casts).hasValue(3);
    }
  }

  static Stream<Layer> layers() {
    return Stream.of(
        new io.dendra.nn.layers.Activation("gelu"),
        new io.dendra.nn.layers.Activation("softmax"),
        new Add(),
        new AveragePooling2D(2),
        new BatchNormalization(),
        new Concatenate(),
        new Conv2D(2, 2),
        new Dense(3, "softmax"),
        new Dropout(0.5),
        new Flatten(),
        new GlobalAveragePooling2D(),
        new LayerNormalization(),
        new MaxPooling2D(2),
        new Rescaling(1 / 255.0),
        new Reshape(-1));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layersGiveTheTypeTheyComputeIn(Layer layer) {
    try (Model model = Sequential.of(layer).build(2, 4, 4, 2)) {
      for (String policy : List.of("mixed_bfloat16", "mixed_float16", "bfloat16")) {
        model.dtype(policy);
        NDArray y = model.predict(NDArray.zeros(DType.FLOAT32, Shape.of(2, 4, 4, 2)));
        assertThat(y.dtype()).as(policy).isEqualTo(DTypePolicy.of(policy).compute());
      }
    }
  }

  @Test
  void embeddingsAndNestedModelsTakeTheTypesOver() {
    var in = Input.of(DType.INT32, 5);
    Model inner = Sequential.of(new LSTM(4), new Dense(2));
    Model model = Model.of(in, inner.apply(new Embedding(7, 3).apply(in)));
    try (model) {
      model.dtype("mixed_float16").compile("adam", "mse");
      NDArray x = NDArray.of(new int[] {0, 1, 2, 3, 6}, 1, 5);
      assertThat(model.predict(x).dtype()).isEqualTo(DType.FLOAT16);
      assertThat(model.trainableParameters()).allMatch(p -> p.dtype() == DType.FLOAT32).hasSize(6);
      Batch batch = Batch.of(x, NDArray.of(new float[] {0.1f, 0.2f}, 1, 2));
      NDArray before = model.parameters().get(0).value().toNDArray();
      assertThat(new Trainer(model).trainOnBatch(batch, RandomKey.of(1))).isFinite();
      assertThat(model.parameters().get(0).value().toNDArray()).isNotEqualTo(before);
    }
  }

  @Test
  void weightsFollowTheTypesOfAPolicy() {
    try (Model model = model("mlp", "float64")) {
      assertThat(train(model).last("loss")).isFinite();
      assertThat(model.parameters()).extracting(Parameter::dtype).containsOnly(DType.FLOAT64);
      model.dtype("float32");
      assertThat(model.parameters()).extracting(Parameter::dtype).containsOnly(DType.FLOAT32);
      assertThat(train(model).last("loss")).isFinite();
      assertThatThrownBy(() -> model.dtype("float8")).hasMessageContaining("no dtype policy");
    }
  }
}
