package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.data.Dataset;
import io.dendra.data.HandwrittenDigits;
import io.dendra.data.ImageClassification;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Reshape;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A short training on digits gives the losses of the reference backend within rounding. */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class TrainingParityTest {
  private static final int SAMPLES = 160;
  private static final int BATCH = 32;

  /** Ten steps of Adam on rounded gradients: the bound that the project promises. */
  private static final double BOUND = 1e-4;

  private static Dataset digits;

  @BeforeAll
  static void start() {
    EmulatedCuda.provider();
    ImageClassification data = HandwrittenDigits.load(SAMPLES, 1, RandomKey.of(4));
    digits = data.train();
  }

  record Network(String name, Supplier<Sequential> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Network> networks() {
    return Stream.of(
        new Network(
            "mlp",
            () ->
                Sequential.of(
                    new Flatten(),
                    new Dense(16, "relu"),
                    new Dropout(0.2),
                    new Dense(10, "softmax"))),
        new Network(
            "cnn",
            () ->
                Sequential.of(
                    new Reshape(28, 28, 1),
                    new Conv2D(4, 3, "relu"),
                    new MaxPooling2D(2),
                    new BatchNormalization(),
                    new Flatten(),
                    new Dense(10, "softmax"))),
        new Network(
            "lstm",
            () -> Sequential.of(new Reshape(28, 28), new LSTM(8), new Dense(10, "softmax"))),
        new Network(
            "gru", () -> Sequential.of(new Reshape(28, 28), new GRU(8), new Dense(10, "softmax"))));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void lossesAreThoseOfTheReference(Network network) {
    List<Double> expected = train(network, "reference");
    List<Double> actual = train(network, "cuda");
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("step " + i).isCloseTo(expected.get(i), within(BOUND));
    }
  }

  private static List<Double> train(Network network, String device) {
    try (Sequential model = network.layers.get()) {
      model.seed(4).to(Device.of(device));
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      return model.fit(digits, o -> o.epochs(2).batchSize(BATCH)).batchLosses();
    }
  }
}
