package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import java.nio.FloatBuffer;

/**
 * A layer of LSTM cells. The backward pass computes the gates again, all steps in one product, as
 * the outputs are known by then.
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

  private void activate(View gates, int units) {
    View first = RecurrentPass.rows(gates, 0, 2L * units);
    backend.unary(UnaryOp.SIGMOID, first, first);
    View candidate = RecurrentPass.rows(gates, 2L * units, units);
    backend.unary(UnaryOp.TANH, candidate, candidate);
    View output = RecurrentPass.rows(gates, 3L * units, units);
    backend.unary(UnaryOp.SIGMOID, output, output);
  }

  private RecurrentPass pass(Staging staging, View[] inputs) {
    return new RecurrentPass(staging, engine, copies, epilogues, inputs);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      RecurrentPass pass = pass(staging, inputs);
      View all = pass.projected(inputs[3]);
      View sequence = pass.sequence();
      View h = pass.state(inputs[4]);
      View c = pass.state(inputs[5]);
      View squashed = pass.like(c.shape().dims());
      for (int t = 0; t < pass.time; t++) {
        View gates = RecurrentPass.step(all, t);
        pass.addRecurrent(h, gates);
        activate(gates, pass.units);
        cells(Cells.of(gates), Cells.of(c), Cells.of(c), pass.cells());
        backend.unary(UnaryOp.TANH, c, squashed);
        h = RecurrentPass.step(sequence, t);
        outputs(Cells.of(gates), Cells.of(squashed), Cells.of(h), pass.cells());
      }
      pass.giveSequence(sequence, outputs[0]);
      pass.giveState(h, outputs[1]);
      pass.giveState(c, outputs[2]);
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
      RecurrentPass pass = pass(staging, inputs);
      View before = pass.before(outputs[0]);
      View all = pass.projected(inputs[3]);
      pass.addRecurrent(before, all);
      View states = pass.like(pass.time + 1L, pass.units, before.shape().dim(2));
      copies.copy(pass.state(inputs[5]), RecurrentPass.step(states, 0));
      for (int t = 0; t < pass.time; t++) {
        View gates = RecurrentPass.step(all, t);
        activate(gates, pass.units);
        Cells state = Cells.of(RecurrentPass.step(states, t));
        Cells next = Cells.of(RecurrentPass.step(states, t + 1));
        cells(Cells.of(gates), state, next, pass.cells());
      }
      steps(pass, all, states, gradOutputs, gradInputs);
      pass.inputGradient(all, gradInputs[0]);
      View gates = pass.flattened(all);
      pass.kernelGradient(gates, gradInputs[1]);
      pass.recurrentKernelGradient(before, gates, gradInputs[2]);
      pass.biasGradient(gates, gradInputs[3]);
    }
  }

  /** Walks back through time, leaving the gradients of the gates in the place of the gates. */
  private void steps(
      RecurrentPass pass, View gates, View states, View[] gradOutputs, View[] gradInputs) {
    View squashed = pass.like(states.shape().dims());
    backend.unary(UnaryOp.TANH, states, squashed);
    View above = pass.sequence(gradOutputs[0]);
    View h = pass.state(gradOutputs[1]);
    View c = pass.state(gradOutputs[2]);
    for (int t = pass.time - 1; t >= 0; t--) {
      View step = RecurrentPass.step(gates, t);
      step(
          Cells.of(step),
          Cells.of(RecurrentPass.step(states, t)),
          Cells.of(RecurrentPass.step(squashed, t + 1)),
          Cells.of(RecurrentPass.step(above, t)),
          Cells.of(h),
          Cells.of(c),
          pass.cells());
      pass.recurrentGradient(step, false, h);
    }
    pass.giveState(h, gradInputs[4]);
    pass.giveState(c, gradInputs[5]);
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
}
