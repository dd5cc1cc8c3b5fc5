package io.dendra.ops;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/**
 * A call of an op with its attributes: what it gives, how a backend computes it, and its gradient.
 *
 * <p>Implementations are records, so that a call can be compared, printed and run again. The rules
 * are written in public ops: a gradient is an expression like any other, with gradients of its own.
 */
public interface Primitive {
  /** The op's name as errors and profiles show it. */
  String name();

  /**
   * What the call gives.
   *
   * @throws IllegalArgumentException when the operands do not fit, saying which would
   */
  TensorSpec[] infer(Tensor[] in);

  /** Computes the outputs, which are allocated. */
  void run(Backend backend, View[] in, View[] out);

  /** The layout over the first input's memory for an op that moves no data, else null. */
  default Layout view(Layout in) {
    return null;
  }

  /** The memory order of an output: that of the first input of its rank that is not broadcast. */
  default Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
    for (Tensor tensor : in) {
      if (tensor.rank() == spec.shape().rank() && !tensor.layout().isBroadcast()) {
        return Layout.inOrderOf(tensor.layout(), spec.shape());
      }
    }
    return Layout.contiguous(spec.shape());
  }

  /** Whether gradients flow to an input; indices, masks and the like have none. */
  default boolean differentiable(int input) {
    return true;
  }

  /** Whether the rule reads an input. */
  default boolean savesInput(int input) {
    return false;
  }

  /** Whether the rule reads an output. */
  default boolean savesOutput(int output) {
    return false;
  }

  /**
   * The gradients of the inputs.
   *
   * @param c what the forward pass saved, and which gradients are wanted
   * @param g the gradient of the first output, null when only others have one
   * @return one per input, null where there is none
   */
  Tensor[] backward(GradientContext c, Tensor g);
}
