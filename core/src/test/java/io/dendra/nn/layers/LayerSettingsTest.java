package io.dendra.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.nn.activations.Activations;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers come back from their descriptions, and refuse settings that make no sense. */
class LayerSettingsTest {
  private static final UnaryOperator<Tensor> SQUARED = Tensor::square;

  static {
    Lambda.FUNCTIONS.constant("squared", SQUARED);
  }

  /** One of each kind with no setting at its default. */
  static Stream<Layer> layers() {
    return Stream.of(
        new Activation(Activations.leakyRelu(0.1)),
        new Add(),
        new AveragePooling2D(new int[] {2, 3})
            .strides(1, 2)
            .padding("same")
            .dataFormat("channels_first"),
        new BatchNormalization()
            .axis(1)
            .momentum(0.9)
            .epsilon(1e-5)
            .center(false)
            .scale(false)
            .acrossReplicas(true)
            .betaInitializer(Initializers.ONES)
            .gammaInitializer(Initializers.constant(0.5)),
        new Concatenate(1),
        new Conv2D(4, new int[] {3, 2})
            .strides(2, 1)
            .dilationRate(1, 2)
            .groups(2)
            .padding(Padding.SAME)
            .dataFormat("channels_first")
            .activation(Activations.GELU)
            .useBias(false)
            .kernelInitializer(Initializers.HE_NORMAL)
            .biasInitializer(Initializers.ONES)
            .kernelRegularizer(Regularizers.l2(0.1)),
        new Dense(3, "relu").useBias(false).kernelRegularizer(Regularizers.l1(0.1)),
        new Dropout(0.3),
        new Embedding(5, 3)
            .embeddingsInitializer(Initializers.GLOROT_NORMAL)
            .embeddingsRegularizer(Regularizers.l2(0.1)),
        new Flatten(),
        new GRU(3)
            .resetAfter(false)
            .activation(Activations.RELU)
            .recurrentActivation(Activations.HARD_SIGMOID)
            .useBias(false)
            .returnSequences(true)
            .returnState(true)
            .goBackwards(true)
            .kernelInitializer(Initializers.ONES)
            .recurrentInitializer(Initializers.orthogonal(2))
            .biasInitializer(Initializers.ONES)
            .kernelRegularizer(Regularizers.l1(0.1))
            .recurrentRegularizer(Regularizers.l2(0.1)),
        new GlobalAveragePooling2D().dataFormat("channels_first").keepDims(true),
        new Identity(),
        new LSTM(3)
            .activation(Activations.RELU)
            .recurrentActivation(Activations.HARD_SIGMOID)
            .useBias(false)
            .unitForgetBias(false)
            .returnSequences(true)
            .returnState(true)
            .goBackwards(true)
            .kernelInitializer(Initializers.ONES)
            .recurrentInitializer(Initializers.orthogonal(2))
            .biasInitializer(Initializers.ONES)
            .kernelRegularizer(Regularizers.l1(0.1))
            .recurrentRegularizer(Regularizers.l2(0.1)),
        new Lambda(SQUARED),
        new LayerNormalization()
            .axis(1)
            .epsilon(1e-5)
            .center(false)
            .scale(false)
            .betaInitializer(Initializers.ONES)
            .gammaInitializer(Initializers.ZEROS),
        new MaxPooling2D(3).strides(2).padding("same").dataFormat("channels_first"),
        new MultiHeadAttention(2, 3)
            .valueDim(4)
            .outputShape(5)
            .dropout(0.1)
            .useBias(false)
            .useCausalMask(true)
            .kernelInitializer(Initializers.HE_UNIFORM)
            .biasInitializer(Initializers.ONES)
            .kernelRegularizer(Regularizers.l2(0.1)),
        new Rescaling(2, 1),
        new Reshape(-1, 3));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void comesBackFromItsDescription(Layer layer) {
    Object description = Layers.REGISTRY.describe(layer);
    Layer copy = Layers.REGISTRY.of(description);
    assertThat(copy).isExactlyInstanceOf(layer.getClass());
    assertThat(Layers.REGISTRY.describe(copy)).isEqualTo(description);
  }

  @Test
  void everyKindIsTried() {
    assertThat(layers().map(Layers.REGISTRY::name).toList())
        .containsAll(
            Layers.REGISTRY.names().stream().filter(name -> !name.contains("Test")).toList());
  }

  @Test
  void noSettingOfTheSamplesIsAtItsDefault() {
    List<Layer> plain =
        List.of(
            new AveragePooling2D(1),
            new BatchNormalization(),
            new Conv2D(1, 1),
            new GRU(1),
            new GlobalAveragePooling2D(),
            new LSTM(1),
            new LayerNormalization(),
            new MaxPooling2D(1),
            new MultiHeadAttention(1, 1));
    Map<Class<?>, Layer> samples = new LinkedHashMap<>();
    layers().forEach(layer -> samples.put(layer.getClass(), layer));
    for (Layer layer : plain) {
      Map<String, Object> sample = samples.get(layer.getClass()).settings();
      layer
          .settings()
          .forEach((name, value) -> assertThat(sample.get(name)).as(name).isNotEqualTo(value));
    }
  }

  @Test
  void aFunctionOfOnesOwnCannotBeWritten() {
    assertThatThrownBy(() -> new Lambda(Tensor::exp).settings())
        .hasMessageContaining("a function of one's own cannot be written to a file")
        .hasMessageContaining("register it");
  }

  static Stream<Map.Entry<String, ThrowingCallable>> mistakes() {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("Conv2D needs filters of at least 1, given 0", () -> new Conv2D(0, 3));
    calls.put("Conv2D needs kernel_size of at least 1, given 0", () -> new Conv2D(1, 0));
    calls.put(
        "Conv2D needs 1 or 2 numbers for strides, given 3",
        () -> new Conv2D(1, 1).strides(1, 2, 3));
    calls.put(
        "Conv2D needs groups that divide its 4 filters, given 3", () -> new Conv2D(4, 1).groups(3));
    calls.put(
        "padding has to be 'valid' or 'same', given 'smae'",
        () -> new Conv2D(1, 1).padding("smae"));
    calls.put(
        "data_format has to be 'channels_last' or 'channels_first', given 'NCHW'",
        () -> new MaxPooling2D(2).dataFormat("NCHW"));
    calls.put(
        "Conv2D: activation has to be given, it is null", () -> new Conv2D(1, 1).activation(null));
    calls.put("MaxPooling2D needs pool_size of at least 1, given 0", () -> new MaxPooling2D(0));
    calls.put("Dropout needs a rate of at least 0 and below 1, given 1.0", () -> new Dropout(1));
    calls.put(
        "BatchNormalization needs a momentum between 0 and 1, given 1.5",
        () -> new BatchNormalization().momentum(1.5));
    calls.put(
        "BatchNormalization needs epsilon of at least 0, given -1.0",
        () -> new BatchNormalization().epsilon(-1));
    calls.put(
        "LayerNormalization needs another axis than that of the batch, 0",
        () -> new LayerNormalization().axis(0));
    calls.put("LSTM needs units of at least 1, given -1", () -> new LSTM(-1));
    calls.put("GRU needs units of at least 1, given 0", () -> new GRU(0));
    calls.put(
        "GRU: recurrent_activation has to be given, it is null",
        () -> new GRU(1).recurrentActivation(null));
    calls.put("Embedding needs input_dim of at least 1, given 0", () -> new Embedding(0, 2));
    calls.put(
        "MultiHeadAttention needs num_heads of at least 1, given 0",
        () -> new MultiHeadAttention(0, 2));
    calls.put(
        "Reshape needs lengths of at least 0, of which one may be -1 and is worked out, given"
            + " [-1, -1]",
        () -> new Reshape(-1, -1));
    return calls.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void badSettingsAreErrorsAtOnce(Map.Entry<String, ThrowingCallable> mistake) {
    assertThatThrownBy(mistake.getValue())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(mistake.getKey());
  }

  @Test
  void anUnknownActivationListsNearNames() {
    assertThatThrownBy(() -> new Conv2D(3, 3, "rellu")).hasMessageContaining("relu");
    assertThatThrownBy(() -> Layers.REGISTRY.of("Conv2d")).hasMessageContaining("Conv2D");
  }
}
