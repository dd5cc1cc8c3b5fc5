package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * A layer of LSTM cells: one product for what all steps make of the input, then a product and a
 * kernel for each step. The backward pass computes the gates again, all steps in one product, as
 * the outputs are known by then.
 */
record LstmKernel(RecurrentPass.Parts parts, LstmCells cells) implements FusedKernel {
  private static final int X = 0;
  private static final int KERNEL = 1;
  private static final int RECURRENT = 2;
  private static final int BIAS = 3;
  private static final int H = 4;
  private static final int C = 5;

  @Override
  public void forward(View[] inputs, View[] outputs) {
    synchronized (parts.device()) {
      try (ScratchPieces pieces = new ScratchPieces(parts.device())) {
        RecurrentPass pass = new RecurrentPass(parts, pieces, inputs);
        long piece = pass.reserve(pass.gates());
        pieces.open();
        View gates = pass.open(piece, pass.gates());
        pass.project(gates);
        View h = inputs[H];
        View before = inputs[C];
        for (long t = 0; t < pass.time; t++) {
          View step = RecurrentPass.step(gates, t);
          pass.recur(h, step, true);
          h = RecurrentPass.step(outputs[0], t);
          View last = t == pass.time - 1 ? outputs[1] : null;
          cells.forward(step, inputs[BIAS], before, outputs[2], h, last);
          before = outputs[2];
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
        Layout narrow = pass.sequence();
        long gatesPiece = pass.reserve(pass.gates());
        long beforePiece = pass.reserve(narrow);
        long statesPiece = pass.reserve(narrow);
        long hPiece = pass.reserve(pass.state());
        long cPiece = pass.reserve(pass.state());
        pieces.open();
        View gates = pass.open(gatesPiece, pass.gates());
        View before = pass.open(beforePiece, narrow);
        View states = pass.open(statesPiece, narrow);
        View dh = pass.open(hPiece, pass.state());
        View dc = pass.open(cPiece, pass.state());

        pass.recall(outputs[0], before);
        pass.project(gates);
        pass.recur(before, gates, true);
        cells.recall(gates, inputs[BIAS], inputs[C], states);
        pass.copyOrZero(gradOutputs[1], dh);
        pass.copyOrZero(gradOutputs[2], dc);
        for (long t = pass.time - 1; t >= 0; t--) {
          View step = RecurrentPass.step(gates, t);
          View above = gradOutputs[0] == null ? null : RecurrentPass.step(gradOutputs[0], t);
          View cell = t == 0 ? inputs[C] : RecurrentPass.step(states, t - 1);
          cells.backward(step, RecurrentPass.step(states, t), cell, above, dh, dc);
          if (t > 0 || gradInputs[H] != null) {
            pass.recurrentGradient(step, dh, false);
          }
        }
        pass.give(dh, gradInputs[H]);
        pass.give(dc, gradInputs[C]);
        pass.inputGradients(gates, gradInputs[X], gradInputs[KERNEL]);
        pass.recurrentKernelGradient(before, gates, gradInputs[RECURRENT]);
        pass.biasGradient(gates, gradInputs[BIAS]);
      }
    }
  }
}
