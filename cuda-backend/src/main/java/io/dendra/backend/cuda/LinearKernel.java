package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;

/** {@code epilogue(x w + b)}: a product, and one pass over its result. */
record LinearKernel(CudaDevice device, Matmul matmul, Epilogues epilogues, Epilogue epilogue)
    implements FusedKernel {
  @Override
  public void forward(View[] inputs, View[] outputs) {
    synchronized (device) {
      matmul.run(inputs[0], inputs[1], outputs[0]);
      epilogues.apply(epilogue, inputs[2], outputs[0]);
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    synchronized (device) {
      try (ScratchPieces pieces = new ScratchPieces(device)) {
        View g = epilogues.before(epilogue, pieces, gradOutputs[0], outputs[0]);
        if (gradInputs[0] != null) {
          matmul.run(g, transposed(inputs[1]), gradInputs[0]);
        }
        if (gradInputs[1] != null) {
          matmul.run(transposed(inputs[0]), g, gradInputs[1]);
        }
        if (gradInputs[2] != null) {
          epilogues.biasGradient(g, gradInputs[2]);
        }
      }
    }
  }

  private static View transposed(View matrix) {
    return matrix.with(matrix.layout().permute(1, 0));
  }
}
