package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * A layer of LSTM cells. Within it time comes first and the batch last, {@code [time, units,
 * batch]}, so that each gate of a step is one stretch of memory; the backward pass computes the
 * gates again, all steps in one product, as the outputs are known by then.
 */
final class LstmKernel implements FusedKernel {
  private final Backend backend;
  private final Engine engine;
  private final Copies copies;
  private final Epilogues epilogues;

  LstmKernel(Backend backend, Engine engine, Copies copies, Epilogues epilogues) {
    this.backend = backend;
    this.engine = engine;
    this.copies = copies;
    this.epilogues = epilogues;
  }

  /** The parts of one call. */
  private static final class Work {
    final int batch;
    final int time;
    final int features;
    final int units;
    final View x;
    final View kernel;
    final View recurrent;
    final View gates;

    Work(Staging staging, Copies copies, View[] inputs) {
      batch = (int) inputs[0].shape().dim(0);
      time = (int) inputs[0].shape().dim(1);
      features = (int) inputs[0].shape().dim(2);
      units = (int) inputs[2].shape().dim(0);
      x = staging.like(inputs[0], time, features, batch);
      copies.copy(permuted(inputs[0], 1, 2, 0), x);
      kernel = staging.like(inputs[0], 4L * units, features);
      copies.copy(permuted(inputs[1], 1, 0), kernel);
      recurrent = staging.like(inputs[0], 4L * units, units);
      copies.copy(permuted(inputs[2], 1, 0), recurrent);
      gates = staging.like(inputs[0], time, 4L * units, batch);
      View bias = inputs[3];
      long[] strides = {0, bias.layout().stride(0), 0};
      copies.copy(bias.with(Layout.of(gates.shape(), strides, bias.layout().offset())), gates);
    }

    int cells() {
      return units * batch;
    }
  }

  private static View permuted(View view, int... axes) {
    return view.with(view.layout().permute(axes));
  }

  /** One step of {@code [time, …]} without its first dimension. */
  private static View step(View view, int t) {
    return view.with(Lanes.without(view.layout().slice(0, t, 1, 1), 0));
  }

  /** Rows of a row-major matrix. */
  private static View rows(View matrix, long from, long count) {
    return matrix.with(matrix.layout().slice(0, from, count, 1));
  }

  /** One matrix for all of a batch of them. */
  private static View repeated(View matrix, long times) {
    Shape shape = matrix.shape().prepend(times);
    long[] strides = {0, matrix.layout().stride(0), matrix.layout().stride(1)};
    return matrix.with(Layout.of(shape, strides, matrix.layout().offset()));
  }

  private void activate(View gates, int units) {
    View first = rows(gates, 0, 2L * units);
    backend.unary(UnaryOp.SIGMOID, first, first);
    View candidate = rows(gates, 2L * units, units);
    backend.unary(UnaryOp.TANH, candidate, candidate);
    View output = rows(gates, 3L * units, units);
    backend.unary(UnaryOp.SIGMOID, output, output);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Work w = new Work(staging, copies, inputs);
      engine.matmul(repeated(w.kernel, w.time), w.x, true, w.gates);
      View sequence = staging.like(inputs[0], w.time, w.units, w.batch);
      View h = staging.like(inputs[0], w.units, w.batch);
      copies.copy(permuted(inputs[4], 1, 0), h);
      View c = staging.like(inputs[0], w.units, w.batch);
      copies.copy(permuted(inputs[5], 1, 0), c);
      View squashed = staging.like(inputs[0], w.units, w.batch);
      for (int t = 0; t < w.time; t++) {
        View gates = step(w.gates, t);
        engine.matmul(w.recurrent, h, true, gates);
        activate(gates, w.units);
        cells(Cells.of(gates), Cells.of(c), Cells.of(c), w.cells());
        backend.unary(UnaryOp.TANH, c, squashed);
        h = step(sequence, t);
        outputs(Cells.of(gates), Cells.of(squashed), Cells.of(h), w.cells());
      }
      copies.copy(permuted(sequence, 2, 0, 1), outputs[0]);
      copies.copy(permuted(h, 1, 0), outputs[1]);
      copies.copy(permuted(c, 1, 0), outputs[2]);
    }
  }

  /** {@code next = forget c + input candidate}. */
  private static void cells(Cells gates, Cells c, Cells next, int n) {
    FloatBuffer input = gates.floats().slice(gates.base, n);
    FloatBuffer forget = gates.floats().slice(gates.base + n, n);
    FloatBuffer candidate = gates.floats().slice(gates.base + 2 * n, n);
    FloatBuffer before = c.floats().slice(c.base, n);
    FloatBuffer after = next.floats().slice(next.base, n);
    for (int i = 0; i < n; i++) {
      after.put(i, forget.get(i) * before.get(i) + input.get(i) * candidate.get(i));
    }
  }

  /** {@code h = output tanh(c)}. */
  private static void outputs(Cells gates, Cells squashed, Cells h, int n) {
    FloatBuffer output = gates.floats().slice(gates.base + 3 * n, n);
    FloatBuffer cell = squashed.floats().slice(squashed.base, n);
    FloatBuffer to = h.floats().slice(h.base, n);
    for (int i = 0; i < n; i++) {
      to.put(i, output.get(i) * cell.get(i));
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      Work w = new Work(staging, copies, inputs);
      View before = staging.like(inputs[0], w.time, w.units, w.batch);
      copies.copy(permuted(inputs[4], 1, 0), step(before, 0));
      if (w.time > 1) {
        View known = permuted(outputs[0], 1, 2, 0);
        copies.copy(
            known.with(known.layout().slice(0, 0, w.time - 1L, 1)),
            before.with(before.layout().slice(0, 1, w.time - 1L, 1)));
      }
      engine.matmul(repeated(w.kernel, w.time), w.x, true, w.gates);
      engine.matmul(repeated(w.recurrent, w.time), before, true, w.gates);
      View states = staging.like(inputs[0], w.time + 1L, w.units, w.batch);
      copies.copy(permuted(inputs[5], 1, 0), step(states, 0));
      for (int t = 0; t < w.time; t++) {
        View gates = step(w.gates, t);
        activate(gates, w.units);
        cells(Cells.of(gates), Cells.of(step(states, t)), Cells.of(step(states, t + 1)), w.cells());
      }
      View squashed = staging.like(inputs[0], w.time + 1L, w.units, w.batch);
      backend.unary(UnaryOp.TANH, states, squashed);
      steps(staging, w, states, squashed, gradOutputs, gradInputs);
      gradients(staging, w, before, gradInputs);
      staging.finish();
    }
  }

  /** Walks back through time, leaving the gradients of the gates in the place of the gates. */
  private void steps(
      Staging staging, Work w, View states, View squashed, View[] gradOutputs, View[] gradInputs) {
    View all = staging.like(states, w.time, w.units, w.batch);
    copyOrZero(gradOutputs[0] == null ? null : permuted(gradOutputs[0], 1, 2, 0), all);
    View h = staging.like(states, w.units, w.batch);
    copyOrZero(gradOutputs[1] == null ? null : permuted(gradOutputs[1], 1, 0), h);
    View c = staging.like(states, w.units, w.batch);
    copyOrZero(gradOutputs[2] == null ? null : permuted(gradOutputs[2], 1, 0), c);
    for (int t = w.time - 1; t >= 0; t--) {
      View gates = step(w.gates, t);
      step(
          Cells.of(gates),
          Cells.of(step(states, t)),
          Cells.of(step(squashed, t + 1)),
          Cells.of(step(all, t)),
          Cells.of(h),
          Cells.of(c),
          w.cells());
      engine.matmul(permuted(w.recurrent, 1, 0), gates, false, h);
    }
    if (gradInputs[4] != null) {
      copies.copy(permuted(h, 1, 0), gradInputs[4]);
    }
    if (gradInputs[5] != null) {
      copies.copy(permuted(c, 1, 0), gradInputs[5]);
    }
  }

  private void copyOrZero(View from, View to) {
    if (from == null) {
      copies.fill(to, 0);
    } else {
      copies.copy(from, to);
    }
  }

  private static void step(
      Cells gates, Cells state, Cells squashed, Cells all, Cells h, Cells c, int n) {
    FloatBuffer input = gates.floats().slice(gates.base, n);
    FloatBuffer forget = gates.floats().slice(gates.base + n, n);
    FloatBuffer candidate = gates.floats().slice(gates.base + 2 * n, n);
    FloatBuffer output = gates.floats().slice(gates.base + 3 * n, n);
    FloatBuffer before = state.floats().slice(state.base, n);
    FloatBuffer tanh = squashed.floats().slice(squashed.base, n);
    FloatBuffer ofOutput = all.floats().slice(all.base, n);
    FloatBuffer ofH = h.floats().slice(h.base, n);
    FloatBuffer ofCell = c.floats().slice(c.base, n);
    for (int k = 0; k < n; k++) {
      float i = input.get(k);
      float f = forget.get(k);
      float g = candidate.get(k);
      float o = output.get(k);
      float y = tanh.get(k);
      float dh = ofOutput.get(k) + ofH.get(k);
      float dc = ofCell.get(k) + dh * o * (1 - y * y);
      input.put(k, dc * g * i * (1 - i));
      forget.put(k, dc * before.get(k) * f * (1 - f));
      candidate.put(k, dc * i * (1 - g * g));
      output.put(k, dh * y * o * (1 - o));
      ofCell.put(k, dc * f);
    }
  }

  private void gradients(Staging staging, Work w, View before, View[] gradInputs) {
    if (gradInputs[0] != null) {
      View dx = staging.like(w.x, w.time, w.features, w.batch);
      engine.matmul(repeated(permuted(w.kernel, 1, 0), w.time), w.gates, false, dx);
      copies.copy(permuted(dx, 2, 0, 1), gradInputs[0]);
    }
    // Steps and batch become one dimension: [4 units, time batch].
    View gates = flattened(staging, w.gates);
    View turned = permuted(gates, 1, 0);
    if (gradInputs[1] != null) {
      engine.matmul(flattened(staging, w.x), turned, false, gradInputs[1]);
    }
    if (gradInputs[2] != null) {
      engine.matmul(flattened(staging, before), turned, false, gradInputs[2]);
    }
    if (gradInputs[3] != null) {
      View sums = gradInputs[3];
      Layout column =
          Layout.of(
              Shape.of(4L * w.units, 1),
              new long[] {sums.layout().stride(0), 1},
              sums.layout().offset());
      epilogues.sum(gates, new int[] {1}, sums.with(column));
    }
  }

  /** {@code [time, rows, batch]} as a matrix {@code [rows, time batch]}. */
  private View flattened(Staging staging, View view) {
    long time = view.shape().dim(0);
    long rows = view.shape().dim(1);
    long batch = view.shape().dim(2);
    View turned = staging.like(view, rows, time, batch);
    copies.copy(permuted(view, 1, 0, 2), turned);
    return turned.with(Layout.contiguous(Shape.of(rows, time * batch)));
  }
}
