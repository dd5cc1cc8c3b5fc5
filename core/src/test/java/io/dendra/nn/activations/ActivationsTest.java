package io.dendra.nn.activations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.autograd.Autograd;
import io.dendra.nn.layers.CallContext;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivationsTest {
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor minusOnes(int count) {
    return Tensor.ones(count).neg();
  }

  @Test
  void rreluHasTheMeanSlopeInInference() {
    Tensor x = Tensor.of(new float[] {-2, 0, 3});
    double mean = (1.0 / 8 + 1.0 / 3) / 2;
    for (Tensor y :
        new Tensor[] {
          Activations.RRELU.apply(x), Activations.RRELU.apply(x, CallContext.inference())
        }) {
      assertThat(y.toNDArray().doubleAt(0)).isCloseTo(-2 * mean, within(1e-6));
      assertThat(y.toNDArray().doubleAt(1)).isZero();
      assertThat(y.toNDArray().doubleAt(2)).isEqualTo(3);
    }
  }

  @Test
  void rreluDrawsASlopeForEachElementInTraining() {
    Tensor x = minusOnes(10_000);
    CallContext context = CallContext.training(RandomKey.of(3));
    double[] slopes = Activations.RRELU.apply(x, context).neg().toNDArray().doubles();
    assertThat(Arrays.stream(slopes)).allMatch(slope -> slope >= 1 / 8.0 && slope <= 1 / 3.0);
    assertThat(Arrays.stream(slopes).average().orElseThrow())
        .isCloseTo((1.0 / 8 + 1.0 / 3) / 2, within(0.003));
    assertThat(Arrays.stream(slopes).distinct().count()).isGreaterThan(9_000);

    Tensor again = Activations.RRELU.apply(x, CallContext.training(RandomKey.of(3))).neg();
    assertThat(again.toNDArray().doubles()).isEqualTo(slopes);
    Tensor other = Activations.RRELU.apply(x, context).neg();
    assertThat(other.toNDArray().doubles()).isNotEqualTo(slopes);
  }

  @Test
  void theGradientOfRreluIsTheSlopeThatWasDrawn() {
    Tensor x = minusOnes(5).requiresGrad();
    Tensor y = Activations.RRELU.apply(x, CallContext.training(RandomKey.of(3)));
    Tensor gradient = Autograd.grad(y.sum(), x);
    assertThat(gradient.toNDArray().doubles()).isEqualTo(y.neg().toNDArray().doubles());
  }

  @Test
  void largeInputsHaveFiniteGradients() {
    for (String name : Activations.REGISTRY.names()) {
      if (name.equals("exponential")) {
        continue;
      }
      Tensor x = Tensor.of(new float[] {-1000, -100, 100, 1000}, 1, 4).requiresGrad();
      Tensor y = Activations.of(name).apply(x);
      assertThat(Arrays.stream(y.toNDArray().doubles())).as(name).allMatch(Double::isFinite);
      assertThat(Arrays.stream(Autograd.grad(y.sum(), x).toNDArray().doubles()))
          .as("gradient of %s", name)
          .allMatch(Double::isFinite);
    }
  }

  @Test
  void descriptionsMakeTheSameActivation() {
    for (String name : Activations.REGISTRY.names()) {
      Activation made = Activations.of(name);
      assertThat(Activations.REGISTRY.name(made)).isEqualTo(name);
      assertThat(Activations.REGISTRY.of(Activations.REGISTRY.describe(made))).isEqualTo(made);
    }
    for (Activation special :
        new Activation[] {
          Activations.leakyRelu(0.3),
          Activations.elu(2),
          Activations.gelu(true),
          Activations.rrelu(0, 0.5)
        }) {
      Object description = Activations.REGISTRY.describe(special);
      assertThat(Activations.REGISTRY.of(description)).isEqualTo(special);
    }
  }

  @Test
  void badSettingsAndUnknownNamesAreErrors() {
    assertThatThrownBy(() -> Activations.rrelu(0.5, 0.1))
        .hasMessage("rrelu needs slopes 0 <= lower <= upper, given 0.5 and 0.1");
    assertThatThrownBy(() -> Activations.leakyRelu(-1)).hasMessageContaining("given -1.0");
    assertThatThrownBy(() -> Activations.elu(Double.NaN)).hasMessageContaining("given NaN");
    assertThatThrownBy(() -> Activations.of("rellu"))
        .hasMessageContaining("no activation 'rellu'")
        .hasMessageContaining("relu");
    assertThatThrownBy(() -> Activations.REGISTRY.describe(x -> x.mul(2)))
        .hasMessageContaining("register it under a name first");
  }
}
