package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;

/** Which fused ops have a kernel on which operands. */
final class FusedKernels {
  private final CrossEntropy crossEntropy;
  private final Dropout dropout;
  private final Steps steps;

  FusedKernels(CudaDevice device, Copies copies) {
    this.crossEntropy = new CrossEntropy(device);
    this.dropout = new Dropout(device);
    this.steps = new Steps(device, copies);
  }

  /** Null where the decomposition is to run. */
  FusedKernel of(FusedOp op, View[] inputs) {
    if (!isFloating(inputs[0].dtype())) {
      return null;
    }
    if (op instanceof FusedOp.SoftmaxCrossEntropy) {
      return crossEntropy.kernel(inputs);
    }
    if (op instanceof FusedOp.Dropout attributes) {
      return dropout.kernel(attributes);
    }
    if (op instanceof FusedOp.SgdStep
        || op instanceof FusedOp.AdamStep
        || op instanceof FusedOp.Steps) {
      return steps.kernel(op, inputs);
    }
    return null;
  }

  private static boolean isFloating(DType dtype) {
    return switch (dtype) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
      case INT32, INT64, BOOL -> false;
    };
  }
}
