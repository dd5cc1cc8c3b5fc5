package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;

/** A number gathered over the batches of an epoch. An instance serves one model. */
public interface Metric {
  /** The key in logs and the history: {@code accuracy}. */
  String name();

  /** Forgets all batches. */
  void reset();

  /**
   * Adds a batch. No gradients are recorded meanwhile.
   *
   * @param target {@code [batch, ...]}
   * @param prediction {@code [batch, ...]}
   * @param weights of the samples, {@code [batch]}, or null
   */
  void update(Tensor target, Tensor prediction, Tensor weights);

  /** The value over all batches since the reset, NaN when there were none. */
  double result();
}
