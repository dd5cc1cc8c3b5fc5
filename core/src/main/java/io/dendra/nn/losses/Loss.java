package io.dendra.nn.losses;

import io.dendra.tensor.Tensor;

/**
 * What training makes small; a lambda will do.
 *
 * <p>It gives a number per sample; training takes their mean, weighted by sample weights if there
 * are any.
 */
@FunctionalInterface
public interface Loss {
  /**
   * The loss of each sample.
   *
   * @param target {@code [batch, ...]}
   * @param prediction {@code [batch, ...]}, as the model gives it
   * @return {@code [batch]}, or {@code [batch, ...]} when a sample has several numbers
   */
  Tensor perSample(Tensor target, Tensor prediction);
}
