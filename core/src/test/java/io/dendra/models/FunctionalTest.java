package io.dendra.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.autograd.Autograd;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.layers.Add;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Concatenate;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Embedding;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GlobalAveragePooling2D;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.MultiHeadAttention;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.layers.Reshape;
import io.dendra.ops.OpException;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models of real layers: branches, shared layers, several inputs and outputs, models in models. */
class FunctionalTest {
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor normal(long seed, long... shape) {
    return RandomOps.normal(RandomKey.of(seed), Shape.of(shape));
  }

  private static Model ready(Model model, Tensor... inputs) {
    model.initialize(List.of(inputs).stream().map(Tensor::spec).toList());
    return model;
  }

  private static List<String> paths(Model model) {
    return model.parameters().stream().map(Parameter::path).toList();
  }

  private static Tensor weight(Model model, String path) {
    return model.parameters().stream()
        .filter(weight -> weight.path().equals(path))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void aResidualBranchAddsToItsInput() {
    var in = Input.of(6, 6, 2);
    var x = new Conv2D(2, 3).padding("same").named("body").apply(in);
    var y = new GlobalAveragePooling2D().apply(new Add().apply(in, x));
    Tensor data = normal(1, 3, 6, 6, 2);
    try (Model model = ready(Functional.of(in, y), data)) {
      assertThat(y.shape()).isEqualTo(Shape.of(Shape.UNKNOWN, 2));
      assertThat(paths(model)).containsExactly("body/kernel", "body/bias");
      Tensor branch = model.layers().get(0).apply(data, CallContext.inference());
      Tensor expected = data.add(branch).mean(1, 2);
      Tensor given = model.apply(data, CallContext.inference());
      assertThat(given.sub(expected).abs().max().item()).isLessThan(1e-6);
    }
  }

  @Test
  void aSharedLayerHasOneSetOfWeightsAndGradientsFromAllCalls() {
    var left = Input.of(4);
    var right = Input.of(4);
    Layer shared = new Dense(3);
    var joined = new Concatenate().apply(shared.apply(left), shared.apply(right));
    Tensor a = normal(1, 2, 4);
    Tensor b = normal(2, 2, 4);
    try (Model model = ready(Functional.of(List.of(left, right), List.of(joined)), a, b)) {
      assertThat(paths(model)).containsExactly("dense/kernel", "dense/bias");
      Tensor y = model.apply(List.of(a, b), CallContext.inference()).get(0);
      Tensor gradient = Autograd.grad(y.sum(), weight(model, "dense/bias"));
      assertThat(gradient.toNDArray().floats()).containsExactly(4, 4, 4);
    }
  }

  @Test
  void severalInputsOfSeveralTypesAndSeveralOutputs() {
    var words = Input.of(DType.INT32, 5);
    var image = Input.of(8, 8, 1);
    var vectors = new Embedding(20, 6).apply(words);
    var attended =
        new LayerNormalization().apply(new MultiHeadAttention(2, 3).apply(vectors, vectors));
    var text = new LSTM(4).apply(attended);
    var seen =
        new Flatten().apply(new MaxPooling2D(2).apply(new Conv2D(2, 3, "relu").apply(image)));
    var both = new Concatenate().apply(text, seen);
    var digit = new Dense(10, "softmax").named("digit").apply(both);
    var size = new Dense(1).named("size").apply(text);
    var built = Functional.of(List.of(words, image), List.of(digit, size));
    Tensor numbers = Tensor.of(new int[] {1, 2, 3, 4, 5, 19, 18, 17, 16, 0}, 2, 5);
    Tensor pixels = normal(3, 2, 8, 8, 1);
    try (Model model = ready(built, numbers, pixels)) {
      List<Tensor> y = model.apply(List.of(numbers, pixels), CallContext.inference());
      assertThat(y.get(0).shape()).isEqualTo(Shape.of(2, 10));
      assertThat(y.get(1).shape()).isEqualTo(Shape.of(2, 1));
      assertThat(y.get(0).sum(1).toNDArray().doubleAt(0)).isCloseTo(1, within(1e-6));
      List<Tensor> wanted = model.trainableParameters().stream().map(Parameter::value).toList();
      List<Tensor> gradients = Autograd.grad(y.get(0).square().sum().add(y.get(1).sum()), wanted);
      assertThat(gradients).hasSameSizeAs(wanted);
      assertThat(gradients).allMatch(gradient -> Double.isFinite(gradient.abs().sum().item()));
      assertThat(paths(model))
          .contains("multi_head_attention/query/kernel", "lstm/recurrent_kernel");
    }
  }

  @Test
  void modelsNest() {
    Sequential block =
        Sequential.of(new Conv2D(2, 3).named("conv"), new BatchNormalization().named("norm"));
    block.named("block");
    var in = Input.of(6, 6, 1);
    var out = new Dense(1).apply(new Flatten().apply(block.apply(in)));
    Tensor data = normal(1, 2, 6, 6, 1);
    try (Model model = ready(Functional.of(in, out), data)) {
      assertThat(paths(model))
          .containsExactly(
              "block/conv/kernel",
              "block/conv/bias",
              "block/norm/gamma",
              "block/norm/beta",
              "block/norm/moving_mean",
              "block/norm/moving_variance",
              "dense/kernel",
              "dense/bias");
      assertThat(model.trainableParameters()).hasSize(6);
      block.trainable(false);
      assertThat(model.trainableParameters()).hasSize(2);
      CallContext context = CallContext.training(RandomKey.of(1));
      model.apply(data, context);
      context.applyUpdates();
      assertThat(weight(model, "block/norm/moving_mean").abs().sum().item()).isZero();
    }
  }

  @Test
  void theLayerInTheMiddleThatDoesNotFitIsNamed() {
    Model model =
        Sequential.of(
            new Conv2D(4, 3).named("stem"),
            new MaxPooling2D(2),
            new Reshape(10, 10).named("rows"),
            new LSTM(3));
    assertThatThrownBy(() -> model.build(1, 8, 8, 1))
        .isInstanceOf(OpException.class)
        .hasMessageStartingWith("in layer rows: samples of shape [3, 3, 4] have 36 elements");

    Sequential block = Sequential.of(new Dense(3), new Conv2D(2, 2).named("wrong"));
    block.named("block");
    var in = Input.of(5);
    var x = new Dense(4).apply(in);
    assertThatThrownBy(() -> block.apply(x))
        .isInstanceOf(OpException.class)
        .hasMessageContaining("wrong: takes [batch, height, width, channels], given shape [?, 3]");
  }

  @Test
  void dataOfAnotherShapeThanTheModelWasMadeForAreNamed() {
    var in = Input.of(4);
    Tensor data = normal(1, 2, 4);
    try (Model model = ready(Functional.of(in, new Dense(2).apply(in)), data)) {
      assertThatThrownBy(() -> model.apply(normal(1, 2, 5), CallContext.inference()))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("takes shape [?, 4], given [2, 5]");
    }
    try (Model model = ready(Sequential.of(new Dense(2).named("only")), data)) {
      assertThatThrownBy(() -> model.apply(normal(1, 2, 5), CallContext.inference()))
          .isInstanceOf(OpException.class)
          .hasMessageContaining("only");
    }
  }

  /** The directional derivative by all weights, against central differences. */
  @Test
  void gradientsThroughALayeredModelAreThoseOfFiniteDifferences() {
    Model model =
        Sequential.of(
            new Conv2D(3, 3).strides(2).padding("same").activation(Activations.GELU),
            new BatchNormalization(),
            new Reshape(9, 3),
            new MultiHeadAttention(2, 2),
            new LayerNormalization(),
            new LSTM(4).returnSequences(true),
            new Dense(2, "tanh"));
    Tensor x = normal(1, 2, 6, 6, 1);
    ready(model, x);
    List<Parameter> weights = model.trainableParameters();
    List<Tensor> gradients =
        Autograd.grad(loss(model, x), weights.stream().map(Parameter::value).toList());
    for (int i = 0; i < weights.size(); i++) {
      Parameter weight = weights.get(i);
      Tensor direction = RandomOps.normal(RandomKey.of(100 + i), weight.shape());
      double expected = direction.mul(gradients.get(i)).sum().item();
      Tensor before = Tensor.of(weight.value().toNDArray());
      double step = 2e-3;
      weight.assign(before.add(direction.mul(step)));
      double above = loss(model, x).item();
      weight.assign(before.sub(direction.mul(step)));
      double below = loss(model, x).item();
      weight.assign(before);
      assertThat((above - below) / (2 * step))
          .as(weight.path())
          .isCloseTo(expected, within(0.01 + 0.01 * Math.abs(expected)));
    }
    model.close();
  }

  private static Tensor loss(Model model, Tensor x) {
    Tensor y = model.apply(x, CallContext.training(RandomKey.of(1)));
    Tensor weights = RandomOps.normal(RandomKey.of(77), y.shape());
    return y.mul(weights).sum();
  }
}
