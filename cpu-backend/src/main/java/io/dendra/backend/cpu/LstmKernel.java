package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.nio.FloatBuffer;

/**
 * A layer of LSTM cells. The inputs of all steps pass through the kernel in one product; then each
 * thread takes a block of the batch through all steps, without waiting for the others. Weight
 * gradients are one product over all steps.
 */
final class LstmKernel implements FusedKernel {
  /** Rows of a batch that stay together, lest the weights are read for too little. */
  private static final int LEAST_ROWS = 8;

  /** The number of outputs of the op; what is saved comes behind them. */
  private static final int OUTPUTS = 3;

  private final Backend backend;
  private final Engine engine;
  private final CpuPool pool;
  private final Copies copies;
  private final RowGradients rowGradients;
  private final HeapLines lines;

  LstmKernel(
      Backend backend,
      Engine engine,
      CpuPool pool,
      Copies copies,
      RowGradients rowGradients,
      HeapLines lines) {
    this.backend = backend;
    this.engine = engine;
    this.pool = pool;
    this.copies = copies;
    this.rowGradients = rowGradients;
    this.lines = lines;
  }

  /** The operands of a call as the products take them. */
  private record Weights(View x, View kernel, View recurrent, View bias) {
    /** {@code x} becomes {@code [time batch, features]}. */
    static Weights of(Staging staging, View[] inputs) {
      View x = staging.in(permuted(inputs[0], 1, 0, 2));
      return new Weights(
          reshaped(x, x.shape().dim(0) * x.shape().dim(1), x.shape().dim(2)),
          staging.in(inputs[1]),
          staging.in(inputs[2]),
          staging.in(inputs[3]));
    }

    long units() {
      return recurrent.shape().dim(0);
    }
  }

  private static View permuted(View view, int... axes) {
    return view.with(view.layout().permute(axes));
  }

  /** A row-major view under another shape. */
  private static View reshaped(View view, long... dims) {
    long offset = view.layout().offset();
    Shape shape = Shape.of(dims);
    return view.with(Layout.of(shape, Layout.contiguous(shape).strides(), offset));
  }

  private static View slice(View view, int axis, long from, long count) {
    return view.with(view.layout().slice(axis, from, count, 1));
  }

  private static View strided(View view, Shape shape, long... strides) {
    return view.with(Layout.of(shape, strides, view.layout().offset()));
  }

  /** One of a stack of row-major arrays. */
  private static View one(View stack, long index) {
    return stack.with(Lanes.without(stack.layout().slice(0, index, 1, 1), 0));
  }

  @Override
  public TensorSpec[] saved(View[] inputs) {
    long batch = inputs[0].shape().dim(0);
    long time = inputs[0].shape().dim(1);
    long units = inputs[2].shape().dim(0);
    return new TensorSpec[] {
      new TensorSpec(Shape.of(4, time, batch, units), DType.FLOAT32),
      new TensorSpec(Shape.of(time + 1, batch, units), DType.FLOAT32),
      new TensorSpec(Shape.of(time, batch, units), DType.FLOAT32),
      new TensorSpec(Shape.of(time + 1, batch, units), DType.FLOAT32)
    };
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      Weights weights = Weights.of(staging, inputs);
      View[] memory = new View[4];
      TensorSpec[] specs = outputs.length == OUTPUTS ? saved(inputs) : null;
      for (int i = 0; i < memory.length; i++) {
        memory[i] =
            specs == null ? outputs[OUTPUTS + i] : staging.like(weights.x, specs[i].shape().dims());
      }
      LstmCells cells = new LstmCells(memory[0], memory[1], memory[2], memory[3]);
      copies.copy(inputs[4], one(cells.hidden(), 0));
      copies.copy(inputs[5], one(cells.cells(), 0));
      project(weights, cells.gates());
      int batch = (int) inputs[0].shape().dim(0);
      int time = (int) inputs[0].shape().dim(1);
      blocks(weights, batch, time, (from, rows) -> steps(weights, cells, from, rows, time));
      copies.copy(permuted(slice(cells.hidden(), 0, 1, time), 1, 0, 2), outputs[0]);
      copies.copy(one(cells.hidden(), time), outputs[1]);
      copies.copy(one(cells.cells(), time), outputs[2]);
    }
  }

  /** What each gate gets from the inputs of all steps. */
  private void project(Weights weights, View gates) {
    long units = weights.units();
    for (int g = 0; g < 4; g++) {
      View out = reshaped(one(gates, g), weights.x.shape().dim(0), units);
      View kernel = slice(weights.kernel, 1, g * units, units);
      View bias = slice(weights.bias, 0, g * units, units);
      if (!engine.linear(Epilogue.NONE, weights.x, kernel, bias, out)) {
        copies.copy(bias.with(bias.layout().expand(out.shape())), out);
        engine.matmul(weights.x, kernel, true, out);
      }
    }
  }

  private interface Block {
    void run(int from, int rows);
  }

  /** Shares out the rows of the batch. */
  private void blocks(Weights weights, int batch, int time, Block block) {
    long units = weights.units();
    if (batch == 0 || units == 0) {
      return;
    }
    double flops = 8.0 * time * batch * units * units;
    int parts = engine.blocks(batch / LEAST_ROWS, flops);
    pool.run(
        parts,
        part -> {
          int from = (int) ((long) batch * part / parts);
          int to = (int) ((long) batch * (part + 1) / parts);
          block.run(from, to - from);
        });
  }

  private Sliding function(UnaryOp op, View x, View out) {
    Sliding function = engine.sliding(op, x, out);
    return function != null
        ? function
        : moved -> backend.unary(op, Sliding.moved(x, moved[0]), Sliding.moved(out, moved[1]));
  }

  private void steps(Weights weights, LstmCells cells, int from, int rows, int time) {
    int units = (int) weights.units();
    int n = rows * units;
    long gate = cells.gate();
    View h = slice(one(cells.hidden(), 0), 0, from, rows);
    View gates = Sliding.moved(cells.gates(), (long) from * units);
    View line = strided(gates, Shape.of(n), 1);
    View states = Sliding.moved(cells.cells(), (long) from * units);
    View squashed = Sliding.moved(cells.squashed(), (long) from * units);
    // The four gates are a batch of products with one left-hand side.
    View all = strided(h, Shape.of(4, rows, units), 0, units, 1);
    View recurrent = strided(weights.recurrent, Shape.of(4, units, units), units, 4L * units, 1);
    View products = strided(gates, Shape.of(4, rows, units), gate, units, 1);
    try (Sliding product = engine.sliding(all, recurrent, true, products);
        Sliding sigmoid = function(UnaryOp.SIGMOID, line, line);
        Sliding tanh = function(UnaryOp.TANH, line, line);
        Sliding squash =
            function(
                UnaryOp.TANH, strided(states, Shape.of(n), 1), strided(squashed, Shape.of(n), 1));
        LstmCells.Loops loops = new LstmCells.Loops(cells, lines)) {
      for (int t = 0; t < time; t++) {
        int at = t * cells.step();
        product.at(at, 0, at);
        sigmoid.at(at, at);
        sigmoid.at(at + gate, at + gate);
        tanh.at(at + 2 * gate, at + 2 * gate);
        sigmoid.at(at + 3 * gate, at + 3 * gate);
        loops.advance(at + from * units, n);
        squash.at(at + cells.step(), at);
        loops.emit(at + from * units, n);
      }
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /** The gradients on their way back through time. */
  private record Flow(View gates, View h, View c, View sequence, View turned) {}

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      Weights weights = Weights.of(staging, inputs);
      LstmCells cells =
          new LstmCells(
              outputs[OUTPUTS], outputs[OUTPUTS + 1], outputs[OUTPUTS + 2], outputs[OUTPUTS + 3]);
      int batch = (int) inputs[0].shape().dim(0);
      int time = (int) inputs[0].shape().dim(1);
      long units = weights.units();
      Flow flow =
          new Flow(
              staging.like(weights.x, (long) time * batch, 4 * units),
              staging.like(weights.x, batch, units),
              staging.like(weights.x, batch, units),
              gradOutputs[0],
              staging.in(permuted(weights.recurrent, 1, 0)));
      copyOrZero(gradOutputs[1], flow.h);
      copyOrZero(gradOutputs[2], flow.c);
      boolean all = gradInputs[4] != null;
      blocks(weights, batch, time, (from, rows) -> back(cells, flow, from, rows, time, all));
      if (gradInputs[4] != null) {
        copies.copy(flow.h, gradInputs[4]);
      }
      if (gradInputs[5] != null) {
        copies.copy(flow.c, gradInputs[5]);
      }
      gradients(staging, weights, cells, flow.gates, gradInputs);
    }
  }

  private void copyOrZero(View from, View to) {
    if (from == null) {
      copies.fill(to, 0);
    } else {
      copies.copy(from, to);
    }
  }

  /**
   * Takes rows of the batch back through all steps.
   *
   * @param all whether the gradient of the first output is wanted too
   */
  private void back(LstmCells cells, Flow flow, int from, int rows, int time, boolean all) {
    int units = (int) flow.h.shape().dim(1);
    View gates =
        strided(slice(flow.gates, 0, from, rows), Shape.of(rows, 4L * units), 4L * units, 1);
    Cells h = Cells.of(flow.h);
    Cells c = Cells.of(flow.c);
    Cells to = Cells.of(flow.gates);
    int step = cells.step();
    int width = Math.min(units, HeapLines.LENGTH);
    int together = HeapLines.LENGTH / width;
    try (Sliding product = engine.sliding(gates, flow.turned, false, slice(flow.h, 0, from, rows));
        LstmCells.Loops loops = new LstmCells.Loops(cells, lines)) {
      for (int t = time - 1; t >= 0; t--) {
        if (flow.sequence != null) {
          add(flow.sequence, from, rows, t, h);
        }
        for (int row = from; row < from + rows; row += together) {
          for (int unit = 0; unit < units; unit += width) {
            int at = row * units + unit;
            loops.retreat(
                t * step + at,
                Math.min(together, from + rows - row),
                Math.min(width, units - unit),
                h.floats(),
                c.floats(),
                at,
                to.floats(),
                to.base + 4 * (t * step + row * units) + unit,
                units);
          }
        }
        if (t > 0 || all) {
          product.at(4L * t * step, 0, 0);
        }
      }
    }
  }

  /** Adds the gradient of the outputs at one step. */
  private static void add(View sequence, int from, int rows, int t, Cells h) {
    Cells given = Cells.of(sequence);
    FloatBuffer more = given.floats();
    FloatBuffer sums = h.floats();
    int units = (int) sequence.shape().dim(2);
    int stride = (int) sequence.layout().stride(2);
    for (int row = from; row < from + rows; row++) {
      int at = h.base + row * units;
      int source =
          (int) (given.base + row * sequence.layout().stride(0) + t * sequence.layout().stride(1));
      for (int k = 0; k < units; k++) {
        sums.put(at + k, sums.get(at + k) + more.get(source + k * stride));
      }
    }
  }

  private void gradients(
      Staging staging, Weights weights, LstmCells cells, View gates, View[] gradInputs) {
    if (gradInputs[0] != null) {
      View dx = staging.like(weights.x);
      engine.matmul(gates, permuted(weights.kernel, 1, 0), false, dx);
      Shape shape = gradInputs[0].shape();
      copies.copy(
          permuted(reshaped(dx, shape.dim(1), shape.dim(0), shape.dim(2)), 1, 0, 2), gradInputs[0]);
    }
    if (gradInputs[1] != null) {
      engine.matmul(permuted(weights.x, 1, 0), gates, false, gradInputs[1]);
    }
    if (gradInputs[2] != null) {
      View before = reshaped(cells.hidden(), gates.shape().dim(0), weights.units());
      engine.matmul(permuted(before, 1, 0), gates, false, gradInputs[2]);
    }
    if (gradInputs[3] != null) {
      rowGradients.run(Epilogue.NONE, gates, gates, null, gradInputs[3]);
    }
  }
}
