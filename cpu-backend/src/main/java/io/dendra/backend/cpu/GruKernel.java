package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * A layer of gated recurrent units. The recurrent products stand beside those of the input, as the
 * reset gate comes between them; the backward pass computes both again, all steps in one product,
 * as the outputs are known by then.
 */
final class GruKernel implements FusedKernel {
  private final Backend backend;
  private final Engine engine;
  private final Copies copies;
  private final Epilogues epilogues;

  GruKernel(Backend backend, Engine engine, Copies copies, Epilogues epilogues) {
    this.backend = backend;
    this.engine = engine;
    this.copies = copies;
    this.epilogues = epilogues;
  }

  /** The bias of the input, 0, or of the recurrent product, 1. */
  private static View bias(View both, int row) {
    Layout layout = both.layout();
    long[] strides = {layout.stride(1)};
    long offset = layout.offset() + row * layout.stride(0);
    return both.with(Layout.of(Shape.of(layout.shape().dim(1)), strides, offset));
  }

  /** Update, reset and candidate of a step, in the place of what the input makes of them. */
  private void activate(View gates, View inner, RecurrentPass pass) {
    int n = pass.cells();
    FloatBuffer x = floats(gates, 0, 2 * n);
    FloatBuffer h = floats(inner, 0, 2 * n);
    for (int i = 0; i < 2 * n; i++) {
      x.put(i, x.get(i) + h.get(i));
    }
    View both = RecurrentPass.rows(gates, 0, 2L * pass.units);
    backend.unary(UnaryOp.SIGMOID, both, both);
    FloatBuffer reset = floats(gates, n, n);
    FloatBuffer candidate = floats(gates, 2 * n, n);
    FloatBuffer recurrent = floats(inner, 2 * n, n);
    for (int i = 0; i < n; i++) {
      candidate.put(i, candidate.get(i) + reset.get(i) * recurrent.get(i));
    }
    View last = RecurrentPass.rows(gates, 2L * pass.units, pass.units);
    backend.unary(UnaryOp.TANH, last, last);
  }

  private static FloatBuffer floats(View view, int from, int count) {
    Cells cells = Cells.of(view);
    return cells.floats().slice(cells.base + from, count);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      RecurrentPass pass = new RecurrentPass(staging, engine, copies, epilogues, inputs);
      View projected = pass.projected(bias(inputs[3], 0));
      View products = pass.repeatedBias(bias(inputs[3], 1));
      View sequence = pass.sequence();
      View h = pass.state(inputs[4]);
      for (int t = 0; t < pass.time; t++) {
        View gates = RecurrentPass.step(projected, t);
        View inner = RecurrentPass.step(products, t);
        pass.addRecurrent(h, inner);
        activate(gates, inner, pass);
        View next = RecurrentPass.step(sequence, t);
        outputs(gates, h, next, pass.cells());
        h = next;
      }
      pass.giveSequence(sequence, outputs[0]);
      pass.giveState(h, outputs[1]);
    }
  }

  /** {@code next = update h + (1 - update) candidate}. */
  private static void outputs(View gates, View h, View next, int n) {
    FloatBuffer update = floats(gates, 0, n);
    FloatBuffer candidate = floats(gates, 2 * n, n);
    FloatBuffer before = floats(h, 0, n);
    FloatBuffer after = floats(next, 0, n);
    for (int i = 0; i < n; i++) {
      float c = candidate.get(i);
      after.put(i, c + update.get(i) * (before.get(i) - c));
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      RecurrentPass pass = new RecurrentPass(staging, engine, copies, epilogues, inputs);
      View before = pass.before(outputs[0]);
      View projected = pass.projected(bias(inputs[3], 0));
      View products = pass.repeatedBias(bias(inputs[3], 1));
      pass.addRecurrent(before, products);
      View above = pass.sequence(gradOutputs[0]);
      View h = pass.state(gradOutputs[1]);
      for (int t = pass.time - 1; t >= 0; t--) {
        View gates = RecurrentPass.step(projected, t);
        View inner = RecurrentPass.step(products, t);
        activate(gates, inner, pass);
        View known = RecurrentPass.step(before, t);
        step(gates, inner, known, RecurrentPass.step(above, t), h, pass.cells());
        pass.recurrentGradient(inner, true, h);
      }
      pass.giveState(h, gradInputs[4]);
      pass.inputGradient(projected, gradInputs[0]);
      View gates = pass.flattened(projected);
      View inner = pass.flattened(products);
      pass.kernelGradient(gates, gradInputs[1]);
      pass.recurrentKernelGradient(before, inner, gradInputs[2]);
      if (gradInputs[3] != null) {
        pass.biasGradient(gates, bias(gradInputs[3], 0));
        pass.biasGradient(inner, bias(gradInputs[3], 1));
      }
    }
  }

  /**
   * One step back: the gradients of the products take the place of the gates and of the recurrent
   * products, what goes past them to the step before that of h.
   */
  private static void step(View gates, View inner, View known, View above, View h, int n) {
    FloatBuffer update = floats(gates, 0, n);
    FloatBuffer reset = floats(gates, n, n);
    FloatBuffer candidate = floats(gates, 2 * n, n);
    FloatBuffer ofUpdate = floats(inner, 0, n);
    FloatBuffer ofReset = floats(inner, n, n);
    FloatBuffer ofCandidate = floats(inner, 2 * n, n);
    FloatBuffer before = floats(known, 0, n);
    FloatBuffer ofOutput = floats(above, 0, n);
    FloatBuffer ofH = floats(h, 0, n);
    for (int k = 0; k < n; k++) {
      float z = update.get(k);
      float r = reset.get(k);
      float c = candidate.get(k);
      float dh = ofOutput.get(k) + ofH.get(k);
      float dz = dh * (before.get(k) - c) * z * (1 - z);
      float dc = dh * (1 - z) * (1 - c * c);
      float dr = dc * ofCandidate.get(k) * r * (1 - r);
      update.put(k, dz);
      reset.put(k, dr);
      candidate.put(k, dc);
      ofUpdate.put(k, dz);
      ofReset.put(k, dr);
      ofCandidate.put(k, dc * r);
      ofH.put(k, dh * z);
    }
  }
}
