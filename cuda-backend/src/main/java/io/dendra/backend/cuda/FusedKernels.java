package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;

/** Which fused ops have a kernel on which operands. */
final class FusedKernels {
  private final Softmax softmax;
  private final CrossEntropy crossEntropy;
  private final LayerNorm layerNorm;
  private final BatchNorm batchNorm;
  private final Gelu gelu;
  private final Attention attention;
  private final Dropout dropout;
  private final Steps steps;
  private final Squares squares;
  private final CudaDevice device;
  private final Matmul matmul;
  private final Convolution convolution;
  private final Epilogues epilogues;
  private final RecurrentPass.Parts recurrent;
  private final LstmCells lstmCells;
  private final GruCells gruCells;

  FusedKernels(
      CudaDevice device,
      Copies copies,
      Reductions reductions,
      Matmul matmul,
      Convolution convolution) {
    this.device = device;
    this.matmul = matmul;
    this.convolution = convolution;
    this.epilogues = new Epilogues(device, reductions);
    this.recurrent = new RecurrentPass.Parts(device, matmul, copies, epilogues);
    this.lstmCells = new LstmCells(device);
    this.gruCells = new GruCells(device);
    this.softmax = new Softmax(device);
    this.layerNorm = new LayerNorm(device);
    this.batchNorm = new BatchNorm(device, copies);
    this.gelu = new Gelu(device);
    this.crossEntropy = new CrossEntropy(device);
    this.attention = new Attention(device, matmul);
    this.dropout = new Dropout(device);
    this.steps = new Steps(device, copies);
    this.squares = new Squares(device, copies);
  }

  /** Null where the decomposition is to run. */
  FusedKernel of(FusedOp op, View[] inputs) {
    if (!isFloating(inputs[0].dtype())) {
      return null;
    }
    if (op instanceof FusedOp.Linear linear) {
      return isOfOneType(inputs)
          ? new LinearKernel(device, matmul, epilogues, linear.epilogue())
          : null;
    }
    if (op instanceof FusedOp.ConvBias conv) {
      return isOfOneType(inputs) ? new ConvBiasKernel(device, convolution, epilogues, conv) : null;
    }
    if (op instanceof FusedOp.Lstm) {
      return isOfOneType(inputs) && RecurrentPass.takes(inputs)
          ? new LstmKernel(recurrent, lstmCells)
          : null;
    }
    if (op instanceof FusedOp.Gru) {
      return isOfOneType(inputs) && RecurrentPass.takes(inputs)
          ? new GruKernel(recurrent, gruCells)
          : null;
    }
    if (op instanceof FusedOp.Softmax along) {
      return softmax.kernel(along.axis(), false, inputs[0]);
    }
    if (op instanceof FusedOp.LogSoftmax along) {
      return softmax.kernel(along.axis(), true, inputs[0]);
    }
    if (op instanceof FusedOp.LayerNorm norm) {
      return layerNorm.kernel(norm.epsilon(), inputs);
    }
    if (op instanceof FusedOp.BatchNorm norm) {
      return batchNorm.kernel(norm.epsilon(), inputs);
    }
    if (op instanceof FusedOp.Gelu attributes) {
      return gelu.kernel(attributes.approximate());
    }
    if (op instanceof FusedOp.SoftmaxCrossEntropy) {
      return crossEntropy.kernel(inputs);
    }
    if (op instanceof FusedOp.Attention attributes) {
      return attention.kernel(attributes, inputs);
    }
    if (op instanceof FusedOp.Dropout attributes) {
      return dropout.kernel(attributes);
    }
    if (op instanceof FusedOp.SgdStep
        || op instanceof FusedOp.AdamStep
        || op instanceof FusedOp.Steps) {
      return steps.kernel(op, inputs);
    }
    if (op instanceof FusedOp.SumOfSquares) {
      return squares.kernel(inputs);
    }
    return null;
  }

  private static boolean isOfOneType(View[] inputs) {
    for (View input : inputs) {
      if (input.dtype() != inputs[0].dtype()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFloating(DType dtype) {
    return switch (dtype) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
      case INT32, INT64, BOOL -> false;
    };
  }
}
