package io.dendra.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.autograd.Autograd;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.layers.GoldenCases.Case;
import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers give what Keras gives: results, moving statistics and gradients. */
class GoldenLayersTest {
  private static final Map<String, Supplier<Layer>> LAYERS = layers();

  private static Map<String, Supplier<Layer>> layers() {
    Map<String, Supplier<Layer>> layers = new LinkedHashMap<>();
    layers.put("dense", () -> new Dense(3, "tanh"));
    layers.put("dense_sequence", () -> new Dense(3, "gelu"));
    layers.put("conv2d", () -> new Conv2D(3, 3, "relu"));
    layers.put(
        "conv2d_same", () -> new Conv2D(2, new int[] {2, 3}).strides(2).padding(Padding.SAME));
    layers.put(
        "conv2d_same_even", () -> new Conv2D(2, 4).padding("same").activation(Activations.ELU));
    layers.put("conv2d_same_stride_3", () -> new Conv2D(2, 2).strides(3, 3).padding("same"));
    layers.put("conv2d_dilated", () -> new Conv2D(2, 2).dilationRate(2).padding("same"));
    layers.put("conv2d_groups", () -> new Conv2D(4, 3).groups(2).useBias(false));
    layers.put("conv2d_softmax", () -> new Conv2D(3, 1, "softmax"));
    layers.put("max_pooling", () -> new MaxPooling2D(2));
    layers.put("max_pooling_same", () -> new MaxPooling2D(3).strides(2).padding("same"));
    layers.put("average_pooling", () -> new AveragePooling2D(new int[] {2, 3}).strides(1));
    layers.put("average_pooling_same", () -> new AveragePooling2D(3).strides(2).padding("same"));
    layers.put("global_average_pooling", GlobalAveragePooling2D::new);
    layers.put("batch_norm_training", BatchNormalization::new);
    layers.put("batch_norm_inference", BatchNormalization::new);
    layers.put("batch_norm_rows", () -> new BatchNormalization().momentum(0.9).epsilon(0.01));
    layers.put("batch_norm_plain", () -> new BatchNormalization().center(false).scale(false));
    layers.put("batch_norm_axis_1", () -> new BatchNormalization().axis(1));
    layers.put("batch_norm_video", BatchNormalization::new);
    layers.put("lstm", () -> new LSTM(3));
    layers.put("lstm_sequences", () -> new LSTM(3).returnSequences(true).returnState(true));
    layers.put(
        "lstm_backwards", () -> new LSTM(2).returnSequences(true).goBackwards(true).useBias(false));
    layers.put(
        "lstm_relu",
        () ->
            new LSTM(2).activation(Activations.RELU).recurrentActivation(Activations.HARD_SIGMOID));
    layers.put("lstm_states", () -> new LSTM(3));
    layers.put("gru", () -> new GRU(3));
    layers.put("gru_sequences", () -> new GRU(3).returnSequences(true).returnState(true));
    layers.put(
        "gru_backwards", () -> new GRU(2).returnSequences(true).goBackwards(true).useBias(false));
    layers.put(
        "gru_relu",
        () ->
            new GRU(2).activation(Activations.RELU).recurrentActivation(Activations.HARD_SIGMOID));
    layers.put("gru_reset_before", () -> new GRU(3).resetAfter(false));
    layers.put(
        "gru_reset_before_plain",
        () ->
            new GRU(2)
                .resetAfter(false)
                .useBias(false)
                .activation(Activations.RELU)
                .returnSequences(true));
    layers.put("gru_states", () -> new GRU(3).returnSequences(true));
    layers.put("gru_reset_before_states", () -> new GRU(3).resetAfter(false).returnSequences(true));
    layers.put("layer_norm", LayerNormalization::new);
    layers.put("layer_norm_images", () -> new LayerNormalization().epsilon(0.01));
    layers.put("layer_norm_axis_1", () -> new LayerNormalization().axis(1));
    layers.put("layer_norm_plain", () -> new LayerNormalization().center(false).scale(false));
    layers.put("embedding", () -> new Embedding(6, 3));
    layers.put("attention_self", () -> new MultiHeadAttention(2, 3));
    layers.put(
        "attention_causal", () -> new MultiHeadAttention(2, 2).useBias(false).useCausalMask(true));
    layers.put(
        "attention_values",
        () -> new MultiHeadAttention(2, 3).valueDim(2).outputShape(5).dropout(0.1));
    layers.put("attention_mask", () -> new MultiHeadAttention(2, 3));
    layers.put("add", Add::new);
    layers.put("concatenate", () -> new Concatenate(1));
    layers.put("rescaling", () -> new Rescaling(1 / 127.5, -1));
    for (String name : Activations.REGISTRY.names()) {
      layers.put("activation_" + name, () -> new Activation(name));
    }
    return layers;
  }

  static Stream<Case> cases() {
    return GoldenCases.read().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesWhatKerasGives(Case expected) {
    assertThat(LAYERS).containsKey(expected.name());
    try (Layer layer = LAYERS.get(expected.name()).get()) {
      TensorScope.run(() -> compare(layer, expected));
    }
  }

  private static void compare(Layer layer, Case expected) {
    List<Tensor> inputs = new ArrayList<>();
    List<Tensor> wanted = new ArrayList<>();
    expected
        .all("input")
        .forEach(
            (place, value) -> {
              Tensor input = Tensor.of(value);
              inputs.add(input);
              if (expected.all("input_gradient").containsKey(place)) {
                wanted.add(input.requiresGrad());
              }
            });
    layer.buildFor(inputs.stream().map(Tensor::spec).toList());
    Map<String, Parameter> weights = new LinkedHashMap<>();
    layer.parameters().forEach(weight -> weights.put(weight.name(), weight));
    assertThat(weights.keySet())
        .containsExactlyInAnyOrderElementsOf(expected.all("weight").keySet());
    expected.all("weight").forEach((name, value) -> weights.get(name).assign(value));
    expected.all("weight_gradient").keySet().forEach(name -> wanted.add(weights.get(name).value()));

    CallContext context =
        expected.training() ? CallContext.training(RandomKey.of(1)) : CallContext.inference();
    List<Tensor> outputs = layer.apply(inputs, context);
    assertThat(outputs).hasSameSizeAs(expected.all("output").keySet());
    Tensor loss = Tensor.scalar(0);
    for (int i = 0; i < outputs.size(); i++) {
      String place = String.valueOf(i);
      same("output " + i, outputs.get(i), expected.all("output").get(place));
      loss = loss.add(outputs.get(i).mul(Tensor.of(expected.all("upstream").get(place))).sum());
    }
    if (!wanted.isEmpty()) {
      List<Tensor> gradients = new ArrayList<>(Autograd.grad(loss, wanted));
      expected
          .all("input_gradient")
          .forEach((place, value) -> same("input gradient " + place, gradients.remove(0), value));
      expected
          .all("weight_gradient")
          .forEach((name, value) -> same("gradient of " + name, gradients.remove(0), value));
    }
    context.applyUpdates();
    expected.all("update").forEach((name, value) -> same(name, weights.get(name).value(), value));
  }

  private static void same(String what, Tensor given, NDArray expected) {
    assertThat(given.shape()).as(what).isEqualTo(expected.shape());
    double[] values = given.toNDArray().doubles();
    double[] right = expected.doubles();
    double size = 1;
    for (double value : right) {
      size = Math.max(size, Math.abs(value));
    }
    for (int i = 0; i < right.length; i++) {
      assertThat(values[i])
          .as("%s at %d", what, i)
          .isCloseTo(right[i], org.assertj.core.data.Offset.offset(1e-5 * size));
    }
  }

  @Test
  void everyLayerHereIsCompared() {
    assertThat(cases().map(Case::name).toList())
        .containsAll(
            LAYERS.keySet().stream().filter(name -> !name.equals("activation_rrelu")).toList());
  }
}
