package io.dendra.nn.losses;

import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Indexing;
import io.dendra.ops.NN;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * Cross-entropy with class numbers: {@code -log p[target]}.
 *
 * <p>Takes targets {@code [batch, ...]} or {@code [batch, ..., 1]} and predictions {@code [batch,
 * ..., classes]}; gives {@code [batch, ...]}. Probabilities are divided by their sum and kept
 * {@code 1e-7} away from 0 and 1.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 */
public record SparseCategoricalCrossentropy(boolean fromLogits) implements FromLogits, Configured {
  private static final String NAME = "sparse_categorical_crossentropy";

  /** From probabilities. */
  public SparseCategoricalCrossentropy() {
    this(false);
  }

  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands rows = Operands.classes(NAME, target, prediction);
    Tensor losses = fromLogits ? ofLogits(rows) : ofProbabilities(rows.inRange());
    return ShapeOps.reshape(losses, prediction.shape().slice(0, prediction.rank() - 1));
  }

  private static Tensor ofLogits(Operands rows) {
    return NN.softmaxCrossEntropy(rows.prediction(), rows.target());
  }

  private static Tensor ofProbabilities(Operands rows) {
    Tensor picked =
        Indexing.takeAlong(rows.prediction(), rows.target().expandDims(1), 1).squeeze(1);
    Tensor share = picked.div(rows.prediction().sum(1));
    return Elementwise.clip(share, Losses.EPSILON, 1 - Losses.EPSILON).log().neg();
  }

  @Override
  public Activation activation() {
    return fromLogits ? Activations.LINEAR : Activations.SOFTMAX;
  }

  @Override
  public Loss onLogits() {
    return fromLogits ? this : new SparseCategoricalCrossentropy(true);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("from_logits", fromLogits);
  }
}
