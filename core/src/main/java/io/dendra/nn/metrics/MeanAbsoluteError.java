package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/**
 * The mean of absolute differences.
 *
 * <p>Takes targets and predictions {@code [batch, ...]}.
 */
public final class MeanAbsoluteError extends MeanMetric {
  /** A new one. */
  public MeanAbsoluteError() {
    super("mean_absolute_error");
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    return new io.dendra.nn.losses.MeanAbsoluteError().perSample(target, prediction);
  }
}
