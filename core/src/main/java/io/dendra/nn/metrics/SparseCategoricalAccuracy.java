package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/**
 * How often the greatest prediction is that of the target's class number.
 *
 * <p>Takes targets {@code [batch, ...]} or {@code [batch, ..., 1]} and predictions {@code [batch,
 * ..., classes]}.
 */
public final class SparseCategoricalAccuracy extends MeanMetric {
  /** A new one. */
  public SparseCategoricalAccuracy() {
    super("sparse_categorical_accuracy");
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    return Matches.classes(target, prediction);
  }
}
