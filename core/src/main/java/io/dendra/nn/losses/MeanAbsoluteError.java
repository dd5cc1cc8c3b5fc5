package io.dendra.nn.losses;

import io.dendra.tensor.Tensor;

/**
 * The mean of absolute differences over the last axis.
 *
 * <p>Takes targets and predictions {@code [batch, ..., values]}; gives {@code [batch, ...]}.
 */
public record MeanAbsoluteError() implements Loss {
  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands operands = Operands.alike("mean_absolute_error", target, prediction);
    return Operands.meanOverLast(operands.prediction().sub(operands.target()).abs());
  }
}
