package io.dendra.nn.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.autograd.Autograd;
import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossesTest {
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void aLossAfterItsActivationIsTheOneOnLogitsBeforeIt() {
    Tensor logits = Tensor.of(new double[] {1, -2, 0.5, 3, 0, -1}, 2, 3);
    Tensor classes = Tensor.of(new int[] {2, 0});
    Tensor answers = Tensor.of(new double[] {1, 0, 0, 0, 1, 0}, 2, 3);
    same(new SparseCategoricalCrossentropy(), Activations.SOFTMAX, classes, logits);
    same(new CategoricalCrossentropy(false, 0.1), Activations.SOFTMAX, answers, logits);
    same(new BinaryCrossentropy(false, 0.1), Activations.SIGMOID, answers, logits);
  }

  private static void same(Loss loss, Activation last, Tensor target, Tensor logits) {
    double[] of = loss.perSample(target, last.apply(logits)).toNDArray().doubles();
    Loss onLogits = Losses.onLogits(loss, last);
    assertThat(onLogits.perSample(target, logits).toNDArray().doubles())
        .containsExactly(of, within(1e-9));
    assertThat(Losses.onLogits(loss, Activations.RELU)).isNull();
    assertThat(Losses.onLogits(onLogits, Activations.LINEAR)).isEqualTo(onLogits);
  }

  @Test
  void lossesWithoutAnActivationOfTheirOwnStayAsTheyAre() {
    assertThat(Losses.onLogits(new MeanSquaredError(), Activations.SOFTMAX)).isNull();
    assertThat(Losses.onLogits((t, p) -> p, Activations.SOFTMAX)).isNull();
  }

  @Test
  void targetsWithALastAxisOfOneMoreOrLessFit() {
    Tensor column = Tensor.of(new float[] {1, 2, 3}, 3, 1);
    Tensor flat = Tensor.of(new float[] {1, 4, 3});
    Loss mse = Losses.of("mse");
    assertThat(mse.perSample(flat, column).toNDArray().floats()).containsExactly(0, 4, 0);
    assertThat(mse.perSample(column, flat).toNDArray().floats()).containsExactly(0, 4, 0);
    assertThat(mse.perSample(flat, flat).toNDArray().floats()).containsExactly(0, 0, 0);
    assertThat(mse.perSample(Tensor.of(new int[] {1, 4, 5}), flat).toNDArray().floats())
        .containsExactly(0, 0, 4);
  }

  @Test
  void shapesThatDoNotFitAreNamedWithWhatWould() {
    Tensor classes = Tensor.of(new int[] {1, 0});
    Tensor oneHot = Tensor.zeros(2, 3);
    assertThatThrownBy(() -> new SparseCategoricalCrossentropy().perSample(oneHot, oneHot))
        .isInstanceOf(OpException.class)
        .hasMessage(
            "sparse_categorical_crossentropy takes class numbers [batch, ...] and a prediction"
                + " [batch, ..., classes], given target float32[2, 3] and prediction float32[2, 3]:"
                + " for one-hot targets use categorical_crossentropy");
    assertThatThrownBy(() -> new CategoricalCrossentropy().perSample(classes, oneHot))
        .isInstanceOf(OpException.class)
        .hasMessage(
            "categorical_crossentropy takes a target of the prediction's shape, given target"
                + " int32[2] and prediction float32[2, 3]: if the target holds class numbers, use"
                + " sparse_categorical_crossentropy");
    assertThatThrownBy(() -> new MeanSquaredError().perSample(Tensor.zeros(2, 4), oneHot))
        .hasMessageEndingWith("given target float32[2, 4] and prediction float32[2, 3]");
    Tensor single = Tensor.zeros(2, 1);
    assertThatThrownBy(() -> new CategoricalCrossentropy().perSample(single, single))
        .hasMessageContaining("binary_crossentropy");
    assertThatThrownBy(() -> new SparseCategoricalCrossentropy().perSample(classes, classes))
        .hasMessageContaining("given target int32[2] and prediction int32[2]");
  }

  @Test
  void labelsOutOfRangeAreNamedWithTheClasses() {
    for (boolean fromLogits : new boolean[] {true, false}) {
      Loss loss = new SparseCategoricalCrossentropy(fromLogits);
      Tensor prediction = Tensor.ones(2, 3);
      for (int wrong : new int[] {3, -1}) {
        Tensor labels = Tensor.of(new int[] {0, wrong});
        assertThatThrownBy(() -> loss.perSample(labels, prediction).toNDArray())
            .isInstanceOf(OpException.class)
            .hasMessageContaining("label " + wrong)
            .hasMessageContaining("3 classes");
      }
      for (float wrong : new float[] {0.5f, Float.NaN}) {
        assertThatThrownBy(() -> loss.perSample(Tensor.of(new float[] {0, wrong}), prediction))
            .isInstanceOf(OpException.class)
            .hasMessageContaining("takes class numbers, given " + wrong);
      }
    }
  }

  @Test
  void certainAndBarredPredictionsGiveFiniteLossesAndGradients() {
    Tensor certain = Tensor.of(new float[] {1, 0, 0, 1}, 2, 2).requiresGrad();
    Tensor wrong = Tensor.of(new float[] {0, 1, 1, 0}, 2, 2);
    float infinity = Float.POSITIVE_INFINITY;
    Tensor barred = Tensor.of(new float[] {2, -infinity, 1, 1}, 2, 2).requiresGrad();
    Tensor open = Tensor.of(new float[] {1, 0, 0, 1}, 2, 2);
    assertFinite(new CategoricalCrossentropy(), wrong, certain);
    assertFinite(new BinaryCrossentropy(), wrong, certain);
    assertFinite(new CategoricalCrossentropy(true, 0), open, barred);
    assertFinite(new SparseCategoricalCrossentropy(), Tensor.of(new int[] {1, 0}), certain);
  }

  private static void assertFinite(Loss loss, Tensor target, Tensor prediction) {
    Tensor value = loss.perSample(target, prediction);
    Tensor gradient = Autograd.grad(value.sum(), prediction);
    for (Tensor tensor : List.of(value, gradient)) {
      for (double x : tensor.toNDArray().doubles()) {
        assertThat(x).isFinite();
      }
    }
  }

  @Test
  void aNaNInThePredictionIsNotHidden() {
    Tensor broken = Tensor.of(new float[] {Float.NaN, 0.5f}, 1, 2);
    Tensor target = Tensor.of(new float[] {1, 0}, 1, 2);
    for (String name : List.of("categorical_crossentropy", "binary_crossentropy", "mse", "huber")) {
      assertThat(Losses.of(name).perSample(target, broken).item()).isNaN();
    }
  }

  @Test
  void symbolicTensorsGiveTheShape() {
    Tensor prediction = Tensor.meta(Shape.of(4, 7, 3), io.dendra.tensor.DType.FLOAT32);
    Tensor labels = Tensor.meta(Shape.of(4, 7), io.dendra.tensor.DType.FLOAT32);
    for (boolean fromLogits : new boolean[] {true, false}) {
      Loss loss = new SparseCategoricalCrossentropy(fromLogits);
      assertThat(loss.perSample(labels, prediction).shape()).isEqualTo(Shape.of(4, 7));
    }
  }

  @Test
  void descriptionsMakeTheSameLossAgain() {
    List<Loss> losses =
        List.of(
            new SparseCategoricalCrossentropy(true),
            new CategoricalCrossentropy(true, 0.25),
            new BinaryCrossentropy(false, 0.5),
            new MeanSquaredError(),
            new MeanAbsoluteError(),
            new Huber(2));
    for (Loss loss : losses) {
      Object description = Losses.REGISTRY.describe(loss);
      assertThat(Losses.REGISTRY.of(description)).isEqualTo(loss);
    }
    assertThat(Losses.REGISTRY.describe(new MeanSquaredError())).isEqualTo("mean_squared_error");
    assertThat(Losses.of("mae")).isEqualTo(new MeanAbsoluteError());
    assertThat(Losses.REGISTRY.of(Map.of("name", "huber"))).isEqualTo(new Huber(1));
    for (String name : Losses.REGISTRY.names()) {
      assertThat(Losses.of(name)).isNotNull();
    }
    assertThatThrownBy(() -> Losses.of("mean_square_error"))
        .hasMessageContaining("mean_squared_error");
    assertThatThrownBy(() -> new Huber(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new CategoricalCrossentropy(false, 1.5)).hasMessageContaining("1.5");
  }

  @Test
  void softmaxOfHugeLogitsKeepsItsGradientOnLogits() {
    Tensor logits = Tensor.of(new float[] {100, 0}, 1, 2).requiresGrad();
    Tensor label = Tensor.of(new int[] {1});
    Loss loss = new SparseCategoricalCrossentropy();
    Tensor lost = Autograd.grad(loss.perSample(label, NN.softmax(logits, -1)).sum(), logits);
    Tensor kept =
        Autograd.grad(
            Losses.onLogits(loss, Activations.SOFTMAX).perSample(label, logits).sum(), logits);
    assertThat(lost.toNDArray().floats()).containsExactly(0, 0);
    assertThat(kept.toNDArray().floats()).containsExactly(1, -1);
  }
}
