package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * What one call of a kernel for recurrent layers works on: its scratch, and the products around the
 * cells. Gates lie as {@code [batch, time, gates units]}.
 */
final class RecurrentPass {
  private static final int X = 0;
  private static final int KERNEL = 1;
  private static final int RECURRENT = 2;
  private static final int H = 4;

  /** What computes the products. */
  record Parts(CudaDevice device, Matmul matmul, Copies copies, Epilogues epilogues) {}

  private final Parts parts;
  private final ScratchPieces pieces;
  private final View[] inputs;
  private final DType type;
  final long batch;
  final long time;
  final long units;
  private final long width;

  /**
   * A pass that takes its scratch from pieces not opened yet.
   *
   * @param inputs x, kernel, recurrent kernel, bias and first output, and perhaps others
   */
  RecurrentPass(Parts parts, ScratchPieces pieces, View[] inputs) {
    this.parts = parts;
    this.pieces = pieces;
    this.inputs = inputs;
    this.type = inputs[X].dtype();
    this.batch = inputs[X].shape().dim(0);
    this.time = inputs[X].shape().dim(1);
    this.units = inputs[RECURRENT].shape().dim(0);
    this.width = inputs[RECURRENT].shape().dim(1);
  }

  /** Whether the kernels can count the elements and there are some. */
  static boolean takes(View[] inputs) {
    DType type = inputs[X].dtype();
    Shape x = inputs[X].shape();
    long gates = x.dim(0) * x.dim(1) * inputs[RECURRENT].shape().dim(1);
    return (type == DType.FLOAT32 || type == DType.FLOAT64)
        && gates > 0
        && gates < Integer.MAX_VALUE;
  }

  /** The gates of all steps. */
  Layout gates() {
    return Layout.contiguous(Shape.of(batch, time, width));
  }

  /** The gates of a step. */
  Layout stepGates() {
    return Layout.contiguous(Shape.of(batch, width));
  }

  /** The outputs or cells of all steps. */
  Layout sequence() {
    return Layout.contiguous(Shape.of(batch, time, units));
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

  /** What the input makes of the gates of all steps. */
  void project(View gates) {
    parts.matmul.run(inputs[X], repeated(inputs[KERNEL]), gates);
  }

  /** What the output before makes of the gates of a step, or of all of them; added or not. */
  void recur(View before, View gates, boolean add) {
    View recurrent = inputs[RECURRENT];
    boolean all = gates.shape().rank() == 3;
    parts.matmul.run(before, all ? repeated(recurrent) : recurrent, gates, add);
  }

  /** The gradient of a step's first output from that of its recurrent product; added or not. */
  void recurrentGradient(View gates, View dh, boolean add) {
    parts.matmul.run(gates, transposed(inputs[RECURRENT]), dh, add);
  }

  /** Fills in the outputs before each step from those behind it. */
  void recall(View sequence, View before) {
    parts.copies.copy(inputs[H], step(before, 0));
    if (time > 1) {
      parts.copies.copy(
          sequence.with(sequence.layout().slice(1, 0, time - 1, 1)),
          before.with(before.layout().slice(1, 1, time - 1, 1)));
    }
  }

  /** Zeros for null. */
  void copyOrZero(View from, View to) {
    if (from == null) {
      parts.copies.fill(to, 0);
    } else {
      parts.copies.copy(from, to);
    }
  }

  /** Nothing if there is no place for it. */
  void give(View found, View out) {
    if (out != null) {
      parts.copies.copy(found, out);
    }
  }

  /** The gradients of x and the kernel from those of the gates; nothing for null. */
  void inputGradients(View gates, View dx, View dKernel) {
    if (dx != null) {
      parts.matmul.run(gates, repeated(transposed(inputs[KERNEL])), dx);
    }
    if (dKernel != null) {
      try (ScratchPieces copies = new ScratchPieces(parts.device)) {
        parts.matmul.run(transposed(flatInput(copies)), flat(gates), dKernel);
      }
    }
  }

  /** The gradient of the recurrent kernel; nothing for null. */
  void recurrentKernelGradient(View before, View gates, View out) {
    if (out != null) {
      parts.matmul.run(transposed(flat(before)), flat(gates), out);
    }
  }

  /** The gradient of a bias {@code [gates units]}; nothing for null. */
  void biasGradient(View gates, View out) {
    if (out != null) {
      parts.epilogues.biasGradient(flat(gates), out);
    }
  }

  /** A step of {@code [batch, time, …]} as a matrix. */
  static View step(View view, long t) {
    Layout layout = view.layout();
    long[] strides = {layout.stride(0), layout.stride(2)};
    Shape shape = Shape.of(layout.shape().dim(0), layout.shape().dim(2));
    return view.with(Layout.of(shape, strides, layout.offset() + t * layout.stride(1)));
  }

  /** A weight with the rank of the batches it is multiplied with. */
  private View repeated(View weight) {
    Layout layout = weight.layout();
    long[] strides = {0, layout.stride(0), layout.stride(1)};
    return weight.with(Layout.of(layout.shape().prepend(batch), strides, layout.offset()));
  }

  private static View transposed(View matrix) {
    return matrix.with(matrix.layout().permute(1, 0));
  }

  /** {@code [batch, time, width]} as {@code [batch time, width]}, null where strides cannot. */
  private static View flat(View view) {
    Shape shape = view.shape();
    Layout flat = view.layout().reshape(Shape.of(shape.dim(0) * shape.dim(1), shape.dim(2)));
    return flat == null ? null : view.with(flat);
  }

  private View flatInput(ScratchPieces copies) {
    View x = inputs[X];
    View flat = flat(x);
    if (flat != null) {
      return flat;
    }
    Layout layout = Layout.contiguous(x.shape());
    long piece = copies.reserve(layout, type);
    copies.open();
    View copy = copies.view(piece, type, layout);
    parts.copies.copy(x, copy);
    return flat(copy);
  }
}
