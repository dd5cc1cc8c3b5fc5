package io.dendra.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.data.Dataset;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.models.SymbolicTensor;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectiveTest {
  private static final int N = 32;

  private static NDArray numbers(long seed, int columns) {
    RandomStream random = new RandomStream(RandomKey.of(seed));
    float[] values = new float[N * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return NDArray.of(values, N, columns);
  }

  private static Model twoHeads() {
    SymbolicTensor in = Input.of(3);
    SymbolicTensor hidden = new Dense(4, "tanh").apply(in);
    return Model.of(List.of(in), List.of(new Dense(1).apply(hidden), new Dense(2).apply(hidden)))
        .seed(3);
  }

  private static Dataset twoTargets() {
    return Dataset.of(List.of(numbers(1, 3)), List.of(numbers(2, 1), numbers(3, 2)));
  }

  @Test
  void severalOutputsAddTheirWeightedLosses() {
    try (Model model = twoHeads()) {
      model.compile(o -> o.optimizer("sgd").loss("mse", "mae").lossWeights(1, 0));
      double first = model.evaluate(twoTargets(), N).loss();
      model.compile(o -> o.optimizer("sgd").loss("mse", "mae").lossWeights(0, 1));
      double second = model.evaluate(twoTargets(), N).loss();
      model.compile(
          o -> o.optimizer("sgd").loss("mse", "mae").lossWeights(0.5, 2).metrics("mse", "mae"));
      Evaluation both = model.evaluate(twoTargets(), N);
      assertThat(both.loss()).isCloseTo(0.5 * first + 2 * second, within(1e-6));
      assertThat(both.values())
          .containsOnlyKeys("loss", "output_0_mse", "output_0_mae", "output_1_mse", "output_1_mae");
      assertThat(both.get("output_0_mse")).isCloseTo(first, within(1e-6));
      assertThat(both.get("output_1_mae")).isCloseTo(second, within(1e-6));
      History history = model.fit(twoTargets(), o -> o.epochs(20).batchSize(8));
      assertThat(history.last("loss")).isLessThan(history.get("loss").get(0));
    }
  }

  @Test
  void lossesThatDoNotMatchTheOutputsAreRefused() {
    try (Model model = twoHeads()) {
      model.compile(o -> o.optimizer("sgd").loss("mse", "mse", "mse"));
      assertThatThrownBy(() -> model.fit(twoTargets()))
          .hasMessageContaining("2 output(s)")
          .hasMessageContaining("3 loss");
      model.compile(o -> o.optimizer("sgd").loss("mse").lossWeights(1));
      assertThatThrownBy(() -> model.fit(twoTargets())).hasMessageContaining("1 loss weight");
      model.compile("sgd", "mse");
      assertThatThrownBy(() -> model.fit(Dataset.of(numbers(1, 3), numbers(2, 1))))
          .hasMessageContaining("1 target(s)");
    }
  }

  @Test
  void regularizersAddThePenaltyOfTheirWeights() {
    NDArray zeros = NDArray.of(new float[N], N, 1);
    Dense dense = new Dense(1).useBias(false).kernelRegularizer(Regularizers.l1l2(0.25, 0.5));
    try (Model model = Sequential.of(dense)) {
      model.compile("sgd", "mse");
      double loss = model.evaluate(Dataset.of(NDArray.of(new float[N * 3], N, 3), zeros)).loss();
      double expected = 0;
      for (float w : model.parameters().get(0).value().toNDArray().floats()) {
        expected += 0.25 * Math.abs(w) + 0.5 * w * w;
      }
      assertThat(loss).isCloseTo(expected, within(1e-6));
      // The penalty alone draws the weights to zero.
      model.fit(Dataset.of(NDArray.of(new float[N * 3], N, 3), zeros), o -> o.epochs(300));
      for (float w : model.parameters().get(0).value().toNDArray().floats()) {
        assertThat(w).isCloseTo(0, within(0.01f));
      }
    }
  }

  /** Adds the mean square of what passes through to the loss. */
  private static final class Penalty extends Layer {
    @Override
    protected Tensor call(Tensor x, CallContext context) {
      context.addLoss(x.square().mean());
      return x;
    }
  }

  @Test
  void layersMayAddToTheLoss() {
    NDArray x = numbers(1, 3);
    double expected = 0;
    for (float value : x.floats()) {
      expected += value * value / (3.0 * N);
    }
    try (Model model = Sequential.of(new Penalty())) {
      model.compile("sgd", "mse");
      assertThat(model.evaluate(Dataset.of(x, x), N).loss()).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void crossEntropyOfASaturatedSoftmaxIsExact() {
    Dense logits = new Dense(2, "softmax").useBias(false);
    try (Model model = Sequential.of(logits)) {
      model.compile("sgd", "sparse_categorical_crossentropy");
      model.build(1, 1);
      model.parameters().get(0).assign(NDArray.of(new float[] {100, 0}, 1, 2));
      Dataset wrong = Dataset.of(NDArray.of(new float[] {1}, 1, 1), NDArray.of(new int[] {1}));
      // From probabilities it would end at -log(1e-7), about 16, without a gradient.
      assertThat(model.evaluate(wrong).loss()).isCloseTo(100, within(1e-4));
      model.fit(wrong);
      assertThat(model.parameters().get(0).value().toNDArray().floats()[0]).isLessThan(100);
    }
  }
}
