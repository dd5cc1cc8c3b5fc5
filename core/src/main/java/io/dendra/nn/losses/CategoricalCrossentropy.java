package io.dendra.nn.losses;

import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.ops.Reduce;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * Cross-entropy with probabilities as targets, such as one-hot classes: {@code -sum(target · log
 * p)}.
 *
 * <p>Takes targets and predictions {@code [batch, ..., classes]}; gives {@code [batch, ...]}.
 * Probabilities are divided by their sum and kept {@code 1e-7} away from 0 and 1.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 * @param labelSmoothing the share of the target that is spread over all classes, from 0 to 1
 */
public record CategoricalCrossentropy(boolean fromLogits, double labelSmoothing)
    implements FromLogits, Configured {
  private static final String NAME = "categorical_crossentropy";

  /** Checks the smoothing. */
  public CategoricalCrossentropy {
    Operands.requireFraction(NAME, labelSmoothing);
  }

  /** From probabilities, without smoothing. */
  public CategoricalCrossentropy() {
    this(false, 0);
  }

  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands operands = Operands.alike(NAME, target, prediction);
    if (prediction.rank() < 1 || prediction.dim(-1) == 1) {
      throw new OpException(
          NAME
              + " takes a prediction [batch, ..., classes] with at least 2 classes, given "
              + prediction.spec()
              + ": for a single probability use binary_crossentropy");
    }
    Tensor x = operands.prediction();
    Tensor goal = operands.smoothed(labelSmoothing, x.dim(-1));
    return goal.mul(fromLogits ? ofLogits(x) : ofProbabilities(x)).sum(-1).neg();
  }

  private static Tensor ofLogits(Tensor logits) {
    // A logit of minus infinity bars a class; with a target of 0 it must not give 0 · infinity.
    return Elementwise.maximum(NN.logSoftmax(logits, -1), -Float.MAX_VALUE);
  }

  private static Tensor ofProbabilities(Tensor prediction) {
    Tensor share = prediction.div(Reduce.sum(prediction, new int[] {-1}, true));
    return Elementwise.clip(share, Losses.EPSILON, 1 - Losses.EPSILON).log();
  }

  @Override
  public Activation activation() {
    return fromLogits ? Activations.LINEAR : Activations.SOFTMAX;
  }

  @Override
  public Loss onLogits() {
    return fromLogits ? this : new CategoricalCrossentropy(true, labelSmoothing);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("from_logits", fromLogits, "label_smoothing", labelSmoothing);
  }
}
