package io.dendra.ops;

import io.dendra.backend.FusedOp;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.List;

/** Recurrent cells over a sequence. */
public final class Recurrent {
  private Recurrent() {}

  /**
   * What an LSTM gives.
   *
   * @param sequence the output at each step, {@code [batch, time, units]}
   * @param h the last output, {@code [batch, units]}
   * @param c the last cell state, {@code [batch, units]}
   */
  public record Lstm(Tensor sequence, Tensor h, Tensor c) {}

  /**
   * A layer of LSTM cells (S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, 1997; forget
   * gates by F. Gers et al., 2000), gates in the order of Keras: input, forget, cell, output.
   *
   * @param x {@code [batch, time, features]}
   * @param kernel {@code [features, 4 units]}
   * @param recurrentKernel {@code [units, 4 units]}
   * @param bias {@code [4 units]}
   * @param h0 the first output, {@code [batch, units]}
   * @param c0 the first cell state, {@code [batch, units]}
   */
  public static Lstm lstm(
      Tensor x, Tensor kernel, Tensor recurrentKernel, Tensor bias, Tensor h0, Tensor c0) {
    if (x.rank() != 3 || x.dim(1) < 1 || x.dim(2) != kernel.dim(0)) {
      throw new OpException(
          "lstm takes x [batch, time, features] with at least one step and kernel [features, 4 units],"
              + " given "
              + x.spec()
              + " and "
              + kernel.spec());
    }
    long units = recurrentKernel.dim(0);
    TensorSpec state = new TensorSpec(Shape.of(x.dim(0), units), x.dtype());
    TensorSpec sequence = new TensorSpec(Shape.of(x.dim(0), x.dim(1), units), x.dtype());
    Tensor[] out =
        Fused.apply(
            new FusedOp.Lstm(),
            Recurrent::unrolledLstm,
            new TensorSpec[] {sequence, state, state},
            x,
            kernel,
            recurrentKernel,
            bias,
            h0,
            c0);
    return new Lstm(out[0], out[1], out[2]);
  }

  private static Tensor[] unrolledLstm(Tensor[] in) {
    Tensor x = in[0];
    Tensor h = in[4];
    Tensor c = in[5];
    // The inputs of all steps in one product.
    Tensor projected = x.matmul(in[1]).add(in[3]);
    Tensor[] outputs = new Tensor[Math.toIntExact(x.dim(1))];
    for (int t = 0; t < outputs.length; t++) {
      Tensor[] next = lstmStep(projected.select(1, t), h, c, in[2]);
      h = next[0];
      c = next[1];
      outputs[t] = h;
    }
    return new Tensor[] {ShapeOps.stack(1, outputs), h, c};
  }

  /**
   * One step: the new output and cell state.
   *
   * @param projected the step's input times the kernel plus the bias, {@code [batch, 4 units]}
   */
  public static Tensor[] lstmStep(Tensor projected, Tensor h, Tensor c, Tensor recurrentKernel) {
    long units = recurrentKernel.dim(0);
    Tensor gates = projected.add(h.matmul(recurrentKernel));
    List<Tensor> parts = ShapeOps.split(gates, 1, units, units, units, units);
    Tensor input = parts.get(0).sigmoid();
    Tensor forget = parts.get(1).sigmoid();
    Tensor candidate = parts.get(2).tanh();
    Tensor output = parts.get(3).sigmoid();
    Tensor cell = forget.mul(c).add(input.mul(candidate));
    return new Tensor[] {output.mul(cell.tanh()), cell};
  }
}
