package io.dendra.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.autograd.Autograd;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs and gradients against those of Keras under the same policies. */
class MixedPrecisionGoldenTest {
  private static final Golden GOLDEN = MixedPrecisionGolden.values();

  /** Roundings that may add up on the way through the networks, forward and back. */
  private static final int ROUNDINGS = 16;

  private static Model network(String kind) {
    return switch (kind) {
      case "mlp" -> Sequential.of(new Dense(6, "relu"), new LayerNormalization(), new Dense(3));
      case "cnn" ->
          Sequential.of(
              new Conv2D(3, 3).activation(Activations.RELU),
              new BatchNormalization(),
              new MaxPooling2D(2),
              new Flatten(),
              new Dense(3, "softmax"));
      case "lstm" -> Sequential.of(new LSTM(4), new Dense(3).dtype("float32"));
      default -> Sequential.of(new GRU(4), new Dense(3).dtype("float32"));
    };
  }

  private static long[] shape(String kind) {
    return switch (kind) {
      case "mlp" -> new long[] {4, 5};
      case "cnn" -> new long[] {2, 6, 6, 2};
      default -> new long[] {3, 4, 5};
    };
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, float32",
    "mlp, mixed_bfloat16",
    "mlp, mixed_float16",
    "cnn, float32",
    "cnn, mixed_bfloat16",
    "cnn, mixed_float16",
    "lstm, float32",
    "lstm, mixed_bfloat16",
    "lstm, mixed_float16",
    "gru, float32",
    "gru, mixed_bfloat16",
    "gru, mixed_float16"
  })
  void equalsKeras(String kind, String policy) {
    double rounding =
        switch (DTypePolicy.of(policy).compute()) {
          case FLOAT16 -> 0x1p-11;
          case BFLOAT16 -> 0x1p-8;
          default -> 0x1p-24;
        };
    try (Model model = network(kind).dtype(policy);
        TensorScope scope = TensorScope.open("golden")) {
      model.build(shape(kind));
      List<Parameter> all = model.parameters();
      for (int i = 0; i < all.size(); i++) {
        double[] values = GOLDEN.get(kind + " weight " + i);
        all.get(i).assign(NDArray.wrap(values, DType.FLOAT64, all.get(i).shape()));
        assertThat(all.get(i).dtype()).isEqualTo(DType.FLOAT32);
      }
      Tensor x = Tensor.of(NDArray.of(GOLDEN.get(kind + " x"), shape(kind)).as(DType.FLOAT32));
      Tensor y = model.apply(x, CallContext.training(RandomKey.of(1)));
      DType expected =
          kind.equals("lstm") || kind.equals("gru")
              ? DType.FLOAT32
              : DTypePolicy.of(policy).compute();
      assertThat(y.dtype()).isEqualTo(expected);
      assertClose("y", y, kind, policy, "y", rounding);
      List<Parameter> trained = model.trainableParameters();
      List<Tensor> gradients =
          Autograd.grad(
              y.cast(DType.FLOAT32).square().sum(),
              trained.stream().map(Parameter::value).toList());
      for (int i = 0; i < trained.size(); i++) {
        Tensor g = gradients.get(i);
        assertThat(g.dtype()).isEqualTo(DType.FLOAT32);
        assertClose(trained.get(i).path(), g, kind, policy, "gradient " + i, rounding);
      }
    }
  }

  private static void assertClose(
      String what, Tensor actual, String kind, String policy, String name, double rounding) {
    double[] keras = GOLDEN.get(kind + " " + policy + " " + name);
    double[] exact = GOLDEN.get(kind + " float32 " + name);
    double size = Math.max(1, Arrays.stream(exact).map(Math::abs).max().orElse(0));
    double[] found = actual.toNDArray().doubles();
    assertThat(found).as(what).hasSameSizeAs(keras);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - keras[i]))
          .as("%s, place %d: %s, Keras has %s", what, i, found[i], keras[i])
          .isLessThanOrEqualTo(ROUNDINGS * rounding * size);
    }
  }
}
