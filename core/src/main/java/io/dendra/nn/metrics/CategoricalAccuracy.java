package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/**
 * How often the greatest prediction is where the target is greatest.
 *
 * <p>Takes one-hot targets and predictions {@code [batch, ..., classes]}.
 */
public final class CategoricalAccuracy extends MeanMetric {
  /** A new one. */
  public CategoricalAccuracy() {
    super("categorical_accuracy");
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    return Matches.oneHot(target, prediction);
  }
}
