package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * A layer of gated recurrent units: one product for what all steps make of the input, then a
 * product and a kernel for each step. The recurrent products stand beside those of the input, as
 * the reset gate comes between them; the backward pass computes both again, all steps in one
 * product, as the outputs are known by then.
 */
record GruKernel(RecurrentPass.Parts parts, GruCells cells) implements FusedKernel {
  private static final int X = 0;
  private static final int KERNEL = 1;
  private static final int RECURRENT = 2;
  private static final int BIAS = 3;
  private static final int H = 4;

  @Override
  public void forward(View[] inputs, View[] outputs) {
    synchronized (parts.device()) {
      try (ScratchPieces pieces = new ScratchPieces(parts.device())) {
        RecurrentPass pass = new RecurrentPass(parts, pieces, inputs);
        long gatesPiece = pass.reserve(pass.gates());
        long innerPiece = pass.reserve(pass.stepGates());
        pieces.open();
        View gates = pass.open(gatesPiece, pass.gates());
        View inner = pass.open(innerPiece, pass.stepGates());
        pass.project(gates);
        View before = inputs[H];
        for (long t = 0; t < pass.time; t++) {
          pass.recur(before, inner, false);
          View h = RecurrentPass.step(outputs[0], t);
          View last = t == pass.time - 1 ? outputs[1] : null;
          cells.forward(RecurrentPass.step(gates, t), inner, inputs[BIAS], before, h, last);
          before = h;
        }
      }
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    synchronized (parts.device()) {
      try (ScratchPieces pieces = new ScratchPieces(parts.device())) {
        RecurrentPass pass = new RecurrentPass(parts, pieces, inputs);
        long gatesPiece = pass.reserve(pass.gates());
        long innerPiece = pass.reserve(pass.gates());
        long beforePiece = pass.reserve(pass.sequence());
        long hPiece = pass.reserve(pass.state());
        pieces.open();
        View gates = pass.open(gatesPiece, pass.gates());
        View inner = pass.open(innerPiece, pass.gates());
        View before = pass.open(beforePiece, pass.sequence());
        View dh = pass.open(hPiece, pass.state());

        pass.recall(outputs[0], before);
        pass.project(gates);
        pass.recur(before, inner, false);
        pass.copyOrZero(gradOutputs[1], dh);
        for (long t = pass.time - 1; t >= 0; t--) {
          View step = RecurrentPass.step(inner, t);
          View known = RecurrentPass.step(before, t);
          View above = gradOutputs[0] == null ? null : RecurrentPass.step(gradOutputs[0], t);
          cells.backward(RecurrentPass.step(gates, t), step, inputs[BIAS], known, above, dh);
          if (t > 0 || gradInputs[H] != null) {
            pass.recurrentGradient(step, dh, true);
          }
        }
        pass.give(dh, gradInputs[H]);
        pass.inputGradients(gates, gradInputs[X], gradInputs[KERNEL]);
        pass.recurrentKernelGradient(before, inner, gradInputs[RECURRENT]);
        if (gradInputs[BIAS] != null) {
          pass.biasGradient(gates, row(gradInputs[BIAS], 0));
          pass.biasGradient(inner, row(gradInputs[BIAS], 1));
        }
      }
    }
  }

  private static View row(View matrix, int row) {
    Layout layout = matrix.layout();
    Shape shape = Shape.of(layout.shape().dim(1));
    long[] strides = {layout.stride(1)};
    return matrix.with(Layout.of(shape, strides, layout.offset() + row * layout.stride(0)));
  }
}
