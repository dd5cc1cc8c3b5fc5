package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;

/** {@code epilogue(conv(x, w) + b)}, by cuDNN at once where it can. */
record ConvBiasKernel(
    CudaDevice device, Convolution convolution, Epilogues epilogues, FusedOp.ConvBias op)
    implements FusedKernel {
  @Override
  public void forward(View[] inputs, View[] outputs) {
    boolean relu = op.epilogue() == Epilogue.RELU;
    View out = outputs[0];
    synchronized (device) {
      if ((relu || op.epilogue() == Epilogue.NONE)
          && convolution.withBias(op.spec(), inputs[0], inputs[1], inputs[2], relu, out)) {
        return;
      }
      convolution.forward(op.spec(), inputs[0], inputs[1], out);
      epilogues.apply(op.epilogue(), inputs[2], out);
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
        View g = epilogues.before(op.epilogue(), pieces, gradOutputs[0], outputs[0]);
        if (gradInputs[0] != null) {
          convolution.inputGradient(op.spec(), g, inputs[1], gradInputs[0]);
        }
        if (gradInputs[1] != null) {
          convolution.filterGradient(op.spec(), inputs[0], g, gradInputs[1]);
        }
        if (gradInputs[2] != null) {
          epilogues.biasGradient(g, gradInputs[2]);
        }
      }
    }
  }
}
