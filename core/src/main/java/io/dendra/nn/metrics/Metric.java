package io.dendra.nn.metrics;

import io.dendra.tensor.Tensor;
import java.util.function.BinaryOperator;

/**
 * A number gathered over the batches of an epoch. An instance serves one model.
 *
 * <p>A metric that is a mean over samples needs no class of its own:
 *
 * <pre>{@code
 * Metric.mean("bias", (target, prediction) -> prediction.sub(target))
 * }</pre>
 */
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

  /**
   * The mean of a function over the samples, weighted if there are sample weights.
   *
   * @param perSample takes target and prediction; gives numbers or booleans {@code [batch, ...]},
   *     whose mean is a sample's value
   */
  static Metric mean(String name, BinaryOperator<Tensor> perSample) {
    return new MeanMetric(name) {
      @Override
      protected Tensor perSample(Tensor target, Tensor prediction) {
        return perSample.apply(target, prediction);
      }
    };
  }
}
