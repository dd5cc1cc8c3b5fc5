package io.dendra.ops;

import io.dendra.tensor.Tensor;

/** Sees every op of a thread as it is done: for profiles, NaN tracing and recording. */
@FunctionalInterface
public interface OpListener {
  /**
   * Called after each op.
   *
   * @param primitive the op and its attributes
   * @param in its operands
   * @param out its results
   * @param nanos how long the call took on the host
   */
  void onOp(Primitive primitive, Tensor[] in, Tensor[] out, long nanos);
}
