package io.dendra.nn.losses;

import io.dendra.tensor.Tensor;

/**
 * The mean of squared differences over the last axis.
 *
 * <p>Takes targets and predictions {@code [batch, ..., values]}; gives {@code [batch, ...]}.
 */
public record MeanSquaredError() implements Loss {
  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands operands = Operands.alike("mean_squared_error", target, prediction);
    return Operands.meanOverLast(operands.prediction().sub(operands.target()).square());
  }
}
