package io.dendra.nn.activations;

import io.dendra.nn.layers.CallContext;
import io.dendra.tensor.Tensor;

/** An activation that a cross-entropy undoes: it tells the pass what it was given. */
final class Undoable implements Activation {
  private final Activation function;

  Undoable(Activation function) {
    this.function = function;
  }

  @Override
  public Tensor apply(Tensor x) {
    return function.apply(x);
  }

  @Override
  public Tensor apply(Tensor x, CallContext context) {
    Tensor y = function.apply(x);
    context.noteActivation(y, this, x);
    return y;
  }
}
