package io.dendra.nn.losses;

import io.dendra.ops.Elementwise;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * Half the squared difference up to {@code delta} and linear beyond, as the mean over the last axis
 * (P. Huber, 1964).
 *
 * <p>Takes targets and predictions {@code [batch, ..., values]}; gives {@code [batch, ...]}.
 *
 * @param delta where the linear part begins, above 0
 */
public record Huber(double delta) implements Loss, Configured {
  /** Checks delta. */
  public Huber {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber: delta has to be above 0, given " + delta);
    }
  }

  /** With delta 1. */
  public Huber() {
    this(1);
  }

  @Override
  public Tensor perSample(Tensor target, Tensor prediction) {
    Operands operands = Operands.alike("huber", target, prediction);
    Tensor error = operands.prediction().sub(operands.target()).abs();
    // d (e - d / 2) with d = min(e, delta) is both branches in one.
    Tensor near = Elementwise.minimum(error, delta);
    return Operands.meanOverLast(error.sub(near.mul(0.5)).mul(near));
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("delta", delta);
  }
}
