package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/**
 * The mean of squared differences.
 *
 * <p>Takes targets and predictions {@code [batch, ...]}.
 */
public final class MeanSquaredError extends MeanMetric {
  /** A new one. */
  public MeanSquaredError() {
    super("mean_squared_error");
  }

  @Override
  protected Tensor perSample(Tensor target, Tensor prediction) {
    return new io.dendra.nn.losses.MeanSquaredError().perSample(target, prediction);
  }
}
