package io.dendra.nn.activations;

import io.dendra.tensor.Tensor;

/** A function applied to each output of a layer; a lambda will do. */
@FunctionalInterface
public interface Activation {
  /** The activated values, of the shape of x. */
  Tensor apply(Tensor x);
}
