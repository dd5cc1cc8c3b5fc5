package io.dendra.nn.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.Golden;
import io.dendra.nn.MixedPrecisionGolden;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossScaleOptimizerTest {
  private Model model;
  private List<Parameter> weights;

  @BeforeEach
  void oneWeight() {
    model = Sequential.of(new Dense(2).useBias(false)).build(1, 1);
    weights = model.parameters();
    weights.get(0).assign(NDArray.of(new float[] {1, -2}, 1, 2));
  }

  @AfterEach
  void close() {
    model.close();
  }

  private boolean step(Optimizer optimizer, float... gradient) {
    try (TensorScope scope = TensorScope.open("step")) {
      return optimizer.apply(weights, List.of(Tensor.of(gradient, 1, 2)));
    }
  }

  @Test
  void scaleAndStepsAreThoseOfKeras() {
    Golden golden = MixedPrecisionGolden.values();
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new SGD(0.5).momentum(0.5), 1024, 3);
    for (int i = 0; i < 20; i++) {
      double[] gradient = golden.get("step " + i + " gradient");
      step(optimizer, (float) gradient[0], (float) gradient[1]);
      double[] state = golden.get("step " + i + " state");
      assertThat(optimizer.scale()).as("scale after step %d", i).isEqualTo(state[0]);
      assertThat(optimizer.state().get("step_counter").longs()).containsExactly((long) state[1]);
      assertThat(optimizer.iterations()).as("iterations").isEqualTo((long) state[2]);
      assertThat(weights.get(0).value().toNDArray().doubles())
          .as("weight after step %d", i)
          .containsExactly(golden.get("step " + i + " weight"));
    }
  }

  @Test
  void aStepWithAnInfinityChangesNothingButTheScale() {
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new Adam(0.1));
    assertThat(step(optimizer, 3, 4)).isTrue();
    NDArray before = weights.get(0).value().toNDArray();
    Map<String, NDArray> slots = optimizer.inner().state();
    for (float bad : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
      assertThat(step(optimizer, 1, bad)).isFalse();
    }
    assertThat(weights.get(0).value().toNDArray()).isEqualTo(before);
    assertThat(optimizer.inner().state()).isEqualTo(slots);
    assertThat(optimizer.iterations()).isEqualTo(1);
    assertThat(optimizer.scale()).isEqualTo(0x1p12);
  }

  @Test
  void finiteGradientsWhoseSumOverflowsAreFinite() {
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new SGD(0));
    assertThat(step(optimizer, Float.MAX_VALUE, Float.MAX_VALUE)).isTrue();
    assertThat(step(optimizer, Float.MAX_VALUE, -Float.MAX_VALUE)).isTrue();
  }

  @Test
  void clippingAndDecaySeeGradientsOfTheTrueSize() {
    Optimizer plain = new SGD(0.1).clipNorm(0.5).weightDecay(0.01);
    step(plain, 0.3f, 0.6f);
    NDArray expected = weights.get(0).value().toNDArray();
    weights.get(0).assign(NDArray.of(new float[] {1, -2}, 1, 2));
    Optimizer scaled = new LossScaleOptimizer(new SGD(0.1)).clipNorm(0.5).weightDecay(0.01);
    step(scaled, 0.3f * 32768, 0.6f * 32768);
    assertThat(weights.get(0).value().toNDArray()).isEqualTo(expected);
  }

  @Test
  void theScaleIsPartOfTheState() {
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new Adam(), 64, 5);
    step(optimizer, 1, Float.NaN);
    step(optimizer, 1, 1);
    LossScaleOptimizer other = new LossScaleOptimizer(new Adam(), 64, 5);
    other.load(optimizer.state(), weights);
    assertThat(other.scale()).isEqualTo(32);
    assertThat(other.state()).isEqualTo(optimizer.state());
    // That of an optimizer that did not scale yet.
    other.load(optimizer.inner().state(), weights);
    assertThat(other.scale()).isEqualTo(64);
  }

  @Test
  void isDescribedWithTheOptimizerWithin() {
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new Adam(0.25), 64, 5);
    Object description = Optimizers.REGISTRY.describe(optimizer);
    LossScaleOptimizer again = (LossScaleOptimizer) Optimizers.REGISTRY.of(description);
    assertThat(again.settings()).isEqualTo(optimizer.settings());
    assertThat(again.learningRate()).isEqualTo(0.25);
    again.setLearningRate(0.5);
    assertThat(again.inner().learningRate()).isEqualTo(0.5);
  }

  @Test
  void theScaleNeverBecomesZero() {
    LossScaleOptimizer optimizer = new LossScaleOptimizer(new SGD(), 0x1p-125, 5);
    for (int i = 0; i < 5; i++) {
      step(optimizer, 1, Float.NaN);
    }
    assertThat(optimizer.scale()).isEqualTo(0x1p-126);
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    SGD sgd = new SGD();
    assertThatThrownBy(() -> new LossScaleOptimizer(sgd, 0, 5)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new LossScaleOptimizer(sgd, 2, 0)).hasMessageContaining("1 step");
    LossScaleOptimizer scaled = new LossScaleOptimizer(sgd);
    assertThatThrownBy(() -> new LossScaleOptimizer(scaled)).hasMessageContaining("already");
  }
}
