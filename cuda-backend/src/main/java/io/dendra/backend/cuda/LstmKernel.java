package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * A layer of LSTM cells: one product for what all steps make of the input, then a product and a
 * kernel for each step. The backward pass computes the gates again, all steps in one product, as
 * the outputs are known by then.
 */
record LstmKernel(
    CudaDevice device, Matmul matmul, Copies copies, Epilogues epilogues, LstmCells cells)
    implements FusedKernel {
  private static final int X = 0;
  private static final int KERNEL = 1;
  private static final int RECURRENT = 2;
  private static final int BIAS = 3;
  private static final int H = 4;
  private static final int C = 5;

  /** Whether the kernels can count the elements and there are some. */
  static boolean takes(View[] inputs) {
    DType type = inputs[X].dtype();
    Shape x = inputs[X].shape();
    long units = inputs[RECURRENT].shape().dim(0);
    long gates = x.dim(0) * x.dim(1) * 4 * units;
    return (type == DType.FLOAT32 || type == DType.FLOAT64)
        && gates > 0
        && gates < Integer.MAX_VALUE;
  }

  /** A weight with the rank of the batches it is multiplied with. */
  private static View repeated(View weight, long times) {
    Layout layout = weight.layout();
    long[] strides = {0, layout.stride(0), layout.stride(1)};
    return weight.with(Layout.of(layout.shape().prepend(times), strides, layout.offset()));
  }

  private static View transposed(View matrix) {
    return matrix.with(matrix.layout().permute(1, 0));
  }

  /** The pieces of scratch of a pass. */
  private static final class Work {
    final long batch;
    final long time;
    final long units;
    final DType type;
    private final ScratchPieces pieces;

    Work(ScratchPieces pieces, View[] inputs) {
      this.pieces = pieces;
      this.batch = inputs[X].shape().dim(0);
      this.time = inputs[X].shape().dim(1);
      this.units = inputs[RECURRENT].shape().dim(0);
      this.type = inputs[X].dtype();
    }

    Layout sequence(long width) {
      return Layout.contiguous(Shape.of(batch, time, width));
    }

    Layout state() {
      return Layout.contiguous(Shape.of(batch, units));
    }

    long reserve(Layout layout) {
      return pieces.reserve(layout, type);
    }

    View open(long piece, Layout layout) {
      return pieces.view(piece, type, layout);
    }
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    synchronized (device) {
      try (ScratchPieces pieces = new ScratchPieces(device)) {
        Work work = new Work(pieces, inputs);
        Layout all = work.sequence(4 * work.units);
        long piece = work.reserve(all);
        pieces.open();
        View gates = work.open(piece, all);
        matmul.run(inputs[X], repeated(inputs[KERNEL], work.batch), gates);
        View h = inputs[H];
        View before = inputs[C];
        for (long t = 0; t < work.time; t++) {
          View step = LstmCells.step(gates, t);
          matmul.run(h, inputs[RECURRENT], step, true);
          h = LstmCells.step(outputs[0], t);
          View last = t == work.time - 1 ? outputs[1] : null;
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
    synchronized (device) {
      try (ScratchPieces pieces = new ScratchPieces(device)) {
        Work work = new Work(pieces, inputs);
        Layout wide = work.sequence(4 * work.units);
        Layout narrow = work.sequence(work.units);
        long gatesPiece = work.reserve(wide);
        long beforePiece = work.reserve(narrow);
        long statesPiece = work.reserve(narrow);
        long hPiece = work.reserve(work.state());
        long cPiece = work.reserve(work.state());
        pieces.open();
        View gates = work.open(gatesPiece, wide);
        View before = work.open(beforePiece, narrow);
        View states = work.open(statesPiece, narrow);
        View dh = work.open(hPiece, work.state());
        View dc = work.open(cPiece, work.state());

        recall(work, inputs, outputs[0], gates, before, states);
        copyOrZero(gradOutputs[1], dh);
        copyOrZero(gradOutputs[2], dc);
        for (long t = work.time - 1; t >= 0; t--) {
          View step = LstmCells.step(gates, t);
          View above = gradOutputs[0] == null ? null : LstmCells.step(gradOutputs[0], t);
          View cell = t == 0 ? inputs[C] : LstmCells.step(states, t - 1);
          cells.backward(step, LstmCells.step(states, t), cell, above, dh, dc);
          if (t > 0 || gradInputs[H] != null) {
            matmul.run(step, transposed(inputs[RECURRENT]), dh);
          }
        }
        if (gradInputs[H] != null) {
          copies.copy(dh, gradInputs[H]);
        }
        if (gradInputs[C] != null) {
          copies.copy(dc, gradInputs[C]);
        }
        gradients(work, inputs, gates, before, gradInputs);
      }
    }
  }

  /** The gates and cells of all steps from the outputs, which hold every h. */
  private void recall(
      Work work, View[] inputs, View sequence, View gates, View before, View states) {
    copies.copy(inputs[H], LstmCells.step(before, 0));
    if (work.time > 1) {
      copies.copy(
          sequence.with(sequence.layout().slice(1, 0, work.time - 1, 1)),
          before.with(before.layout().slice(1, 1, work.time - 1, 1)));
    }
    matmul.run(inputs[X], repeated(inputs[KERNEL], work.batch), gates);
    matmul.run(before, repeated(inputs[RECURRENT], work.batch), gates, true);
    cells.recall(gates, inputs[BIAS], inputs[C], states);
  }

  private void copyOrZero(View from, View to) {
    if (from == null) {
      copies.fill(to, 0);
    } else {
      copies.copy(from, to);
    }
  }

  private void gradients(Work work, View[] inputs, View gates, View before, View[] gradInputs) {
    if (gradInputs[X] != null) {
      View back = repeated(transposed(inputs[KERNEL]), work.batch);
      matmul.run(gates, back, gradInputs[X]);
    }
    View all = flat(gates);
    if (gradInputs[KERNEL] != null) {
      try (ScratchPieces pieces = new ScratchPieces(device)) {
        matmul.run(transposed(flatInput(pieces, inputs[X])), all, gradInputs[KERNEL]);
      }
    }
    if (gradInputs[RECURRENT] != null) {
      matmul.run(transposed(flat(before)), all, gradInputs[RECURRENT]);
    }
    if (gradInputs[BIAS] != null) {
      epilogues.biasGradient(all, gradInputs[BIAS]);
    }
  }

  /** {@code [batch, time, width]} as {@code [batch time, width]}, null where strides cannot. */
  private static View flat(View view) {
    Shape shape = view.shape();
    Layout flat = view.layout().reshape(Shape.of(shape.dim(0) * shape.dim(1), shape.dim(2)));
    return flat == null ? null : view.with(flat);
  }

  private View flatInput(ScratchPieces pieces, View x) {
    View flat = flat(x);
    if (flat != null) {
      return flat;
    }
    Layout layout = Layout.contiguous(x.shape());
    long piece = pieces.reserve(layout, x.dtype());
    pieces.open();
    View copy = pieces.view(piece, x.dtype(), layout);
    copies.copy(x, copy);
    return flat(copy);
  }
}
