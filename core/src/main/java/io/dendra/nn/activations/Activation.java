package io.dendra.nn.activations;

import io.dendra.nn.layers.CallContext;
import io.dendra.tensor.Tensor;

/** A function applied to each output of a layer; a lambda will do. */
@FunctionalInterface
public interface Activation {
  /** The activated values, of the shape of x. */
  Tensor apply(Tensor x);

  /**
   * The activated values within a pass through a model, for activations that behave differently in
   * training; the others need not override it. Layers call this form.
   */
  default Tensor apply(Tensor x, CallContext context) {
    return apply(x);
  }
}
