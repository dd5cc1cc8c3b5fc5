package io.dendra.nn.regularizers;

import io.dendra.tensor.Tensor;

/** What is added to the loss for a weight; a lambda will do. */
@FunctionalInterface
public interface Regularizer {
  /** A single number for the weight. */
  Tensor penalty(Tensor weight);
}
