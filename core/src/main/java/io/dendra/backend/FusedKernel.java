package io.dendra.backend;

import io.dendra.tensor.TensorSpec;

/**
 * A backend's own kernel for a {@link FusedOp} over operands of given shapes, types and layouts.
 *
 * <p>A kernel may be cached and used by several threads at once.
 */
public interface FusedKernel {
  /**
   * Computes the outputs, which are allocated and hold nothing of use yet.
   *
   * @param outputs the outputs of the op; behind them, when the backward pass may follow, what
   *     {@link #saved} asked for
   */
  void forward(View[] inputs, View[] outputs);

  /** Whether {@link #backward} is there; if not, gradients come from the decomposition. */
  default boolean hasBackward() {
    return false;
  }

  /**
   * What the forward pass keeps for {@link #backward} beside the inputs and outputs of the op, such
   * as gates that are costly to compute again; row-major memory of these shapes and types.
   */
  default TensorSpec[] saved(View[] inputs) {
    return new TensorSpec[0];
  }

  /**
   * Computes the gradients of the inputs.
   *
   * @param inputs the inputs of the forward pass
   * @param outputs what the forward pass gave, with what it saved
   * @param gradOutputs the gradients of the outputs, null for one that nothing depends on
   * @param gradInputs where to write, null for an input that needs none
   */
  default void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    throw new BackendException(getClass().getName() + " has no backward pass");
  }
}
