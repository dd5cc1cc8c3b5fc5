package io.dendra.nn.losses;

import io.dendra.backend.UnaryOp;
import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.ops.Elementwise;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * Cross-entropy of independent yes-or-no answers, {@code -target · log p - (1 - target) · log(1 -
 * p)}, as the mean over the last axis.
 *
 * <p>Takes targets and predictions {@code [batch, ..., answers]}; gives {@code [batch, ...]}.
 * Probabilities are kept {@code 1e-7} away from 0 and 1.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 * @param labelSmoothing how far targets are moved towards one half, from 0 to 1
 */
public record BinaryCrossentropy(boolean fromLogits, double labelSmoothing)
    implements FromLogits, Configured {
  private static final String NAME = "binary_crossentropy";

  /** Checks the smoothing. */
  public BinaryCrossentropy {
    Operands.requireFraction(NAME, labelSmoothing);
  }

  /** From probabilities, without smoothing. */
  public BinaryCrossentropy() {
    this(false, 0);
  }

  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands operands = Operands.alike(NAME, target, prediction);
    Tensor goal = operands.smoothed(labelSmoothing, 2);
    Tensor x = operands.prediction();
    return Operands.meanOverLast(fromLogits ? ofLogits(goal, x) : ofProbabilities(goal, x));
  }

  private static Tensor ofLogits(Tensor goal, Tensor logits) {
    // -log p = softplus(-x) and -log(1 - p) = softplus(x), neither of which overflows or cancels.
    Tensor yes = Elementwise.unary(UnaryOp.SOFTPLUS, logits.neg()).mul(goal);
    return Elementwise.unary(UnaryOp.SOFTPLUS, logits).mul(complement(goal)).add(yes);
  }

  private static Tensor ofProbabilities(Tensor goal, Tensor prediction) {
    Tensor p = Elementwise.clip(prediction, Losses.EPSILON, 1 - Losses.EPSILON);
    Tensor yes = p.log().mul(goal);
    return complement(p).log().mul(complement(goal)).add(yes).neg();
  }

  private static Tensor complement(Tensor x) {
    return x.neg().add(1);
  }

  @Override
  public Activation activation() {
    return fromLogits ? Activations.LINEAR : Activations.SIGMOID;
  }

  @Override
  public Loss onLogits() {
    return fromLogits ? this : new BinaryCrossentropy(true, labelSmoothing);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("from_logits", fromLogits, "label_smoothing", labelSmoothing);
  }
}
