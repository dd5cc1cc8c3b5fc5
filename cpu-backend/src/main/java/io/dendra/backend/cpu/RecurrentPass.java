package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * What one call of a kernel for recurrent layers works on. Within it time comes first and the batch
 * last, {@code [time, units, batch]}, so that each gate of a step is one stretch of memory.
 */
final class RecurrentPass {
  private static final int X = 0;
  private static final int KERNEL = 1;
  private static final int RECURRENT = 2;
  private static final int H = 4;

  private final Staging staging;
  private final Engine engine;
  private final Copies copies;
  private final Epilogues epilogues;
  private final View[] inputs;
  private final int batch;
  private final int features;
  private final int width;
  private final View x;
  private final View kernel;
  private final View recurrent;
  final int time;
  final int units;

  /**
   * Brings the operands into order.
   *
   * @param inputs x, kernel, recurrent kernel, bias and first output, and perhaps others
   */
  RecurrentPass(Staging staging, Engine engine, Copies copies, Epilogues epilogues, View[] inputs) {
    this.staging = staging;
    this.engine = engine;
    this.copies = copies;
    this.epilogues = epilogues;
    this.inputs = inputs;
    batch = (int) inputs[X].shape().dim(0);
    time = (int) inputs[X].shape().dim(1);
    features = (int) inputs[X].shape().dim(2);
    units = (int) inputs[RECURRENT].shape().dim(0);
    width = (int) inputs[RECURRENT].shape().dim(1);
    x = like(time, features, batch);
    copies.copy(permuted(inputs[X], 1, 2, 0), x);
    kernel = like(width, features);
    copies.copy(permuted(inputs[KERNEL], 1, 0), kernel);
    recurrent = like(width, units);
    copies.copy(permuted(inputs[RECURRENT], 1, 0), recurrent);
  }

  /** The number of cells of a step. */
  int cells() {
    return units * batch;
  }

  View like(long... dims) {
    return staging.like(inputs[X], dims);
  }

  /** A new {@code [units, batch]} with the values of a {@code [batch, units]}; zeros for null. */
  View state(View from) {
    View state = like(units, batch);
    copyOrZero(from == null ? null : permuted(from, 1, 0), state);
    return state;
  }

  /** Writes a {@code [units, batch]} into a {@code [batch, units]}; null is not written. */
  void giveState(View state, View to) {
    if (to != null) {
      copies.copy(permuted(state, 1, 0), to);
    }
  }

  /** Room for the outputs of all steps, {@code [time, units, batch]}. */
  View sequence() {
    return like(time, units, batch);
  }

  /** The same with the values of a {@code [batch, time, units]}; zeros for null. */
  View sequence(View from) {
    View sequence = sequence();
    copyOrZero(from == null ? null : permuted(from, 1, 2, 0), sequence);
    return sequence;
  }

  void giveSequence(View sequence, View to) {
    copies.copy(permuted(sequence, 2, 0, 1), to);
  }

  private void copyOrZero(View from, View to) {
    if (from == null) {
      copies.fill(to, 0);
    } else {
      copies.copy(from, to);
    }
  }

  /** A bias {@code [gates units]} for each step and sample, {@code [time, gates units, batch]}. */
  View repeatedBias(View bias) {
    View all = like(time, width, batch);
    long[] strides = {0, bias.layout().stride(0), 0};
    copies.copy(bias.with(Layout.of(all.shape(), strides, bias.layout().offset())), all);
    return all;
  }

  /** What all steps make of the input, {@code [time, gates units, batch]}. */
  View projected(View bias) {
    View gates = repeatedBias(bias);
    engine.matmul(repeated(kernel, time), x, true, gates);
    return gates;
  }

  /** Adds what a step, or all of them, make of the output before it. */
  void addRecurrent(View before, View gates) {
    boolean all = gates.shape().rank() == 3;
    engine.matmul(all ? repeated(recurrent, time) : recurrent, before, true, gates);
  }

  /** The gradient of a step's first output, added or not, from that of its recurrent product. */
  void recurrentGradient(View gates, boolean add, View h) {
    engine.matmul(permuted(recurrent, 1, 0), gates, add, h);
  }

  /** The outputs before each step, from those behind it. */
  View before(View sequence) {
    View before = sequence();
    copies.copy(permuted(inputs[H], 1, 0), step(before, 0));
    if (time > 1) {
      View known = permuted(sequence, 1, 2, 0);
      copies.copy(
          known.with(known.layout().slice(0, 0, time - 1L, 1)),
          before.with(before.layout().slice(0, 1, time - 1L, 1)));
    }
    return before;
  }

  /** The gradient of x from that of what {@link #projected} gave; nothing for null. */
  void inputGradient(View gates, View dx) {
    if (dx != null) {
      View found = like(time, features, batch);
      engine.matmul(repeated(permuted(kernel, 1, 0), time), gates, false, found);
      giveSequence(found, dx);
    }
  }

  /**
   * The gradient of the kernel; nothing for null.
   *
   * @param gates the gradients {@link #flattened}
   */
  void kernelGradient(View gates, View out) {
    if (out != null) {
      engine.matmul(flattened(x), permuted(gates, 1, 0), false, out);
    }
  }

  /** The gradient of the recurrent kernel, likewise. */
  void recurrentKernelGradient(View before, View gates, View out) {
    if (out != null) {
      engine.matmul(flattened(before), permuted(gates, 1, 0), false, out);
    }
  }

  /** The gradient of a bias {@code [gates units]}, likewise. */
  void biasGradient(View gates, View out) {
    if (out != null) {
      long[] strides = {out.layout().stride(0), 1};
      Layout column = Layout.of(Shape.of(width, 1), strides, out.layout().offset());
      epilogues.sum(gates, new int[] {1}, out.with(column));
    }
  }

  /** {@code [time, rows, batch]} as a matrix {@code [rows, time batch]}. */
  View flattened(View view) {
    long rows = view.shape().dim(1);
    View turned = like(rows, time, batch);
    copies.copy(permuted(view, 1, 0, 2), turned);
    return turned.with(Layout.contiguous(Shape.of(rows, (long) time * batch)));
  }

  private static View permuted(View view, int... axes) {
    return view.with(view.layout().permute(axes));
  }

  /** One step of {@code [time, …]} without its first dimension. */
  static View step(View view, int t) {
    return view.with(Lanes.without(view.layout().slice(0, t, 1, 1), 0));
  }

  /** Rows of a row-major matrix. */
  static View rows(View matrix, long from, long count) {
    return matrix.with(matrix.layout().slice(0, from, count, 1));
  }

  /** One matrix for all of a batch of them. */
  private static View repeated(View matrix, long times) {
    Shape shape = matrix.shape().prepend(times);
    long[] strides = {0, matrix.layout().stride(0), matrix.layout().stride(1)};
    return matrix.with(Layout.of(shape, strides, matrix.layout().offset()));
  }
}
