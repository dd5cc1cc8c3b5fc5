package io.dendra.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.activations.Activations;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What layers do in training and not else. */
class TrainingBehaviourTest {
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static CallContext training(long seed) {
    return CallContext.training(RandomKey.of(seed));
  }

  private static double[] dropped(Layer layer, CallContext context) {
    return layer.apply(Tensor.ones(100, 100), context).toNDArray().doubles();
  }

  @Test
  void dropoutDropsItsRateAndKeepsTheMean() {
    double[] y = dropped(new Dropout(0.3), training(1));
    assertThat(Arrays.stream(y)).allMatch(v -> v == 0 || Math.abs(v - 1 / 0.7) < 1e-6);
    assertThat(Arrays.stream(y).filter(v -> v == 0).count() / 10_000.0)
        .isCloseTo(0.3, within(0.02));
    assertThat(Arrays.stream(y).average().orElseThrow()).isCloseTo(1, within(0.03));
  }

  @Test
  void dropoutFollowsTheKeyAndDrawsAnewInEachCall() {
    Layer layer = new Dropout(0.5);
    double[] first = dropped(layer, training(1));
    assertThat(dropped(layer, training(1))).isEqualTo(first);
    assertThat(dropped(layer, training(2))).isNotEqualTo(first);
    CallContext one = training(1);
    assertThat(dropped(layer, one)).isEqualTo(first);
    assertThat(dropped(layer, one)).isNotEqualTo(first);
  }

  @Test
  void dropoutDoesNothingInInference() {
    Tensor x = Tensor.ones(3);
    assertThat(new Dropout(0.5).apply(x, CallContext.inference())).isSameAs(x);
    assertThat(new Dropout(0).apply(x, training(1))).isSameAs(x);
  }

  @Test
  void dropoutWithinAttentionFollowsTheKey() {
    Model model = Sequential.of(new MultiHeadAttention(2, 4).dropout(0.5));
    model.build(2, 5, 4);
    Tensor x = RandomOps.normal(RandomKey.of(9), Shape.of(2, 5, 4));
    double[] plain = model.apply(x, CallContext.inference()).toNDArray().doubles();
    double[] first = model.apply(x, training(1)).toNDArray().doubles();
    assertThat(model.apply(x, training(1)).toNDArray().doubles()).isEqualTo(first);
    assertThat(first).isNotEqualTo(plain);
    model.close();
  }

  @Test
  void everyLayerHandsItsContextToTheActivation() {
    Tensor image = RandomOps.normal(RandomKey.of(9), Shape.of(1, 4, 4, 1));
    for (Layer layer :
        List.of(
            new Conv2D(2, 2).activation(Activations.RRELU),
            new Conv2D(2, 2).useBias(false).activation(Activations.RRELU),
            new Dense(2).activation(Activations.RRELU),
            new Dense(2).useBias(false).activation(Activations.RRELU),
            new Activation("rrelu"))) {
      Model model = Sequential.of(layer);
      model.build(1, 4, 4, 1);
      double[] plain = model.apply(image, CallContext.inference()).toNDArray().doubles();
      assertThat(model.apply(image, training(1)).toNDArray().doubles()).isNotEqualTo(plain);
      model.close();
    }
    for (Layer layer :
        List.of(
            new LSTM(2).activation(Activations.RRELU),
            new GRU(2).activation(Activations.RRELU),
            new GRU(2).resetAfter(false).activation(Activations.RRELU))) {
      Model recurrent = Sequential.of(layer);
      recurrent.build(1, 4, 4);
      Tensor sequence = image.reshape(1, 4, 4);
      assertThat(recurrent.apply(sequence, training(1)).toNDArray())
          .isNotEqualTo(recurrent.apply(sequence, CallContext.inference()).toNDArray());
      recurrent.close();
    }
  }

  private static double movingMean(Layer layer) {
    Parameter mean =
        layer.parameters().stream()
            .filter(weight -> weight.name().equals("moving_mean"))
            .findFirst()
            .orElseThrow();
    return mean.value().toNDArray().doubleAt(0);
  }

  @Test
  void aFrozenBatchNormalizationKeepsItsStatistics() {
    Model model = Sequential.of(new BatchNormalization());
    model.build(4, 1);
    Tensor x = Tensor.of(new float[] {1, 2, 3, 6}, 4, 1);
    model.trainable(false);
    CallContext frozen = training(1);
    assertThat(model.apply(x, frozen).toNDArray())
        .isEqualTo(model.apply(x, CallContext.inference()).toNDArray());
    frozen.applyUpdates();
    assertThat(movingMean(model)).isZero();

    model.trainable(true);
    CallContext free = training(1);
    assertThat(model.apply(x, free).mean().item()).isCloseTo(0, within(1e-6));
    assertThat(movingMean(model)).as("before the step is over").isZero();
    free.applyUpdates();
    assertThat(movingMean(model)).isCloseTo(0.03, within(1e-7));
    model.close();
  }

  @Test
  void aSharedBatchNormalizationMovesOnceForEachCall() {
    var left = Input.of(1);
    var right = Input.of(1);
    Layer shared = new BatchNormalization().momentum(0.5);
    Model model =
        Functional.of(List.of(left, right), List.of(shared.apply(left), shared.apply(right)));
    TensorSpec spec = new TensorSpec(Shape.of(2, 1), DType.FLOAT32);
    model.initialize(List.of(spec, spec));
    CallContext context = training(1);
    model.apply(
        List.of(Tensor.of(new float[] {1, 3}, 2, 1), Tensor.of(new float[] {5, 7}, 2, 1)), context);
    context.applyUpdates();
    assertThat(movingMean(model)).isCloseTo(0.5 * (0.5 * 2) + 0.5 * 6, within(1e-6));
    model.close();
  }

  @Test
  void theForgetGatesOfAnLstmStartOpen() {
    Model model = Sequential.of(new LSTM(2));
    model.build(1, 3, 4);
    NDArray bias = model.parameters().get(2).value().toNDArray();
    assertThat(bias.floats()).containsExactly(0, 0, 1, 1, 0, 0, 0, 0);
    model.close();
  }

  @Test
  void channelsFirstGivesWhatChannelsLastGives() {
    Tensor x = RandomOps.normal(RandomKey.of(4), Shape.of(2, 6, 7, 3));
    Layer last = new Conv2D(4, 3).strides(2).padding("same");
    Layer first = new Conv2D(4, 3).strides(2).padding("same").dataFormat("channels_first");
    Model one = Sequential.of(last, new MaxPooling2D(2));
    Model other = Sequential.of(first, new MaxPooling2D(2).dataFormat("channels_first"));
    one.build(2, 6, 7, 3);
    other.build(2, 3, 6, 7);
    for (int i = 0; i < 2; i++) {
      other.parameters().get(i).assign(one.parameters().get(i).value());
    }
    Tensor expected = one.apply(x, CallContext.inference()).permute(0, 3, 1, 2);
    Tensor given = other.apply(x.permute(0, 3, 1, 2), CallContext.inference());
    assertThat(given.shape()).isEqualTo(expected.shape());
    assertThat(given.sub(expected).abs().max().item()).isLessThan(1e-6);
    one.close();
    other.close();
  }

  @Test
  void imagesStayChannelsLastInMemory() {
    Model model =
        Sequential.of(
            new Conv2D(4, 3, "relu"),
            new BatchNormalization(),
            new MaxPooling2D(2),
            new Dropout(0.5));
    model.build(2, 8, 8, 3);
    Tensor x = RandomOps.normal(RandomKey.of(4), Shape.of(2, 8, 8, 3));
    for (CallContext context : List.of(CallContext.inference(), training(1))) {
      assertThat(model.apply(x, context).layout().isContiguous()).isTrue();
    }
    model.close();
  }
}
