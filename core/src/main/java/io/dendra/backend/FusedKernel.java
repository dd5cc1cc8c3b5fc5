package io.dendra.backend;

/**
 * A backend's own kernel for a {@link FusedOp} over operands of given shapes, types and layouts.
 *
 * <p>A kernel may be cached and used by several threads at once.
 */
public interface FusedKernel {
  /** Computes the outputs, which are allocated and hold nothing of use yet. */
  void forward(View[] inputs, View[] outputs);

  /** Whether {@link #backward} is there; if not, gradients come from the decomposition. */
  default boolean hasBackward() {
    return false;
  }

  /**
   * Computes the gradients of the inputs.
   *
   * @param inputs the inputs of the forward pass
   * @param outputs what the forward pass gave
   * @param gradOutputs the gradients of the outputs, null for one that nothing depends on
   * @param gradInputs where to write, null for an input that needs none
   */
  default void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    throw new BackendException(getClass().getName() + " has no backward pass");
  }
}
