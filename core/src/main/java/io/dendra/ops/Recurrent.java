package io.dendra.ops;

import io.dendra.backend.FusedOp;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.List;
import java.util.function.UnaryOperator;

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
   * What a GRU gives.
   *
   * @param sequence the output at each step, {@code [batch, time, units]}
   * @param h the last output, {@code [batch, units]}
   */
  public record Gru(Tensor sequence, Tensor h) {}

  /** What is done at each step of a sequence. */
  @FunctionalInterface
  public interface Cell {
    /**
     * The states behind a step from those before it, the output first.
     *
     * @param projected the step's input times the kernel plus the bias, {@code [batch, gates
     *     units]}
     * @param states each {@code [batch, units]}
     */
    Tensor[] step(Tensor projected, Tensor[] states);
  }

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
    checkInput("lstm", 4, x, kernel);
    TensorSpec state = stateSpec(x, recurrentKernel);
    Tensor[] out =
        Fused.apply(
            new FusedOp.Lstm(),
            in -> {
              // The inputs of all steps in one product.
              Tensor projected = in[0].matmul(in[1]).add(in[3]);
              return unroll(
                  lstmCell(in[2], Tensor::sigmoid, Tensor::tanh), projected, in[4], in[5]);
            },
            new TensorSpec[] {sequenceSpec(x, state), state, state},
            x,
            kernel,
            recurrentKernel,
            bias,
            h0,
            c0);
    return new Lstm(out[0], out[1], out[2]);
  }

  /**
   * A layer of gated recurrent units (K. Cho et al., Learning Phrase Representations using RNN
   * Encoder-Decoder, 2014), gates in the order of Keras: update z, reset r, candidate. The reset
   * gate is applied behind the recurrent product, Keras' {@code reset_after}, as {@link #gruCell}
   * has it; that of the paper is {@link #gruCellResetBefore} through {@link #unroll}.
   *
   * @param x {@code [batch, time, features]}
   * @param kernel {@code [features, 3 units]}
   * @param recurrentKernel {@code [units, 3 units]}
   * @param bias {@code [2, 3 units]}: that of the input, and that of the recurrent product
   * @param h0 the first output, {@code [batch, units]}
   */
  public static Gru gru(Tensor x, Tensor kernel, Tensor recurrentKernel, Tensor bias, Tensor h0) {
    checkInput("gru", 3, x, kernel);
    Shape biases = Shape.of(2, kernel.dim(1));
    if (!bias.shape().equals(biases)) {
      throw new OpException(
          "gru takes two biases side by side, of shape "
              + biases
              + " for the kernel "
              + kernel.spec()
              + ", given "
              + bias.spec());
    }
    TensorSpec state = stateSpec(x, recurrentKernel);
    Tensor[] out =
        Fused.apply(
            new FusedOp.Gru(),
            in -> {
              Tensor projected = in[0].matmul(in[1]).add(in[3].select(0, 0));
              Cell cell = gruCell(in[2], in[3].select(0, 1), Tensor::sigmoid, Tensor::tanh);
              return unroll(cell, projected, in[4]);
            },
            new TensorSpec[] {sequenceSpec(x, state), state},
            x,
            kernel,
            recurrentKernel,
            bias,
            h0);
    return new Gru(out[0], out[1]);
  }

  private static void checkInput(String op, int gates, Tensor x, Tensor kernel) {
    if (x.rank() != 3 || x.dim(1) < 1 || x.dim(2) != kernel.dim(0)) {
      throw new OpException(
          op
              + " takes x [batch, time, features] with at least one step and kernel [features, "
              + gates
              + " units], given "
              + x.spec()
              + " and "
              + kernel.spec());
    }
  }

  private static TensorSpec stateSpec(Tensor x, Tensor recurrentKernel) {
    return new TensorSpec(Shape.of(x.dim(0), recurrentKernel.dim(0)), x.dtype());
  }

  private static TensorSpec sequenceSpec(Tensor x, TensorSpec state) {
    return new TensorSpec(Shape.of(x.dim(0), x.dim(1), state.shape().dim(1)), x.dtype());
  }

  /**
   * A cell along a sequence: the outputs of all steps {@code [batch, time, units]}, then the states
   * behind the last step.
   *
   * @param projected {@code [batch, time, gates units]}, of at least one step
   * @param first the states before the first step, each {@code [batch, units]}
   */
  public static Tensor[] unroll(Cell cell, Tensor projected, Tensor... first) {
    Tensor[] states = first;
    Tensor[] outputs = new Tensor[Math.toIntExact(projected.dim(1))];
    for (int t = 0; t < outputs.length; t++) {
      states = cell.step(projected.select(1, t), states);
      outputs[t] = states[0];
    }
    Tensor[] all = new Tensor[1 + states.length];
    all[0] = ShapeOps.stack(1, outputs);
    System.arraycopy(states, 0, all, 1, states.length);
    return all;
  }

  /**
   * {@code c' = forget c + input candidate}, {@code h' = output activation(c')}; its states are h
   * and c.
   *
   * @param recurrentKernel {@code [units, 4 units]}
   * @param gate the function of the gates
   * @param activation the function of the candidate and of the cell
   */
  public static Cell lstmCell(
      Tensor recurrentKernel, UnaryOperator<Tensor> gate, UnaryOperator<Tensor> activation) {
    long units = recurrentKernel.dim(0);
    return (projected, states) -> {
      Tensor gates = projected.add(states[0].matmul(recurrentKernel));
      List<Tensor> parts = ShapeOps.split(gates, 1, units, units, units, units);
      Tensor input = gate.apply(parts.get(0));
      Tensor forget = gate.apply(parts.get(1));
      Tensor candidate = activation.apply(parts.get(2));
      Tensor output = gate.apply(parts.get(3));
      Tensor cell = forget.mul(states[1]).add(input.mul(candidate));
      return new Tensor[] {output.mul(activation.apply(cell)), cell};
    };
  }

  /**
   * {@code h' = z h + (1 - z) activation(x + r inner)}, where {@code inner} is the candidate's part
   * of {@code h recurrentKernel + recurrentBias}; its state is h.
   *
   * @param recurrentKernel {@code [units, 3 units]}
   * @param recurrentBias {@code [3 units]}
   * @param gate the function of the gates
   * @param activation the function of the candidate
   */
  public static Cell gruCell(
      Tensor recurrentKernel,
      Tensor recurrentBias,
      UnaryOperator<Tensor> gate,
      UnaryOperator<Tensor> activation) {
    long units = recurrentKernel.dim(0);
    return (projected, states) -> {
      Tensor inner = states[0].matmul(recurrentKernel).add(recurrentBias);
      List<Tensor> x = ShapeOps.split(projected, 1, units, units, units);
      List<Tensor> h = ShapeOps.split(inner, 1, units, units, units);
      Tensor update = gate.apply(x.get(0).add(h.get(0)));
      Tensor reset = gate.apply(x.get(1).add(h.get(1)));
      Tensor candidate = activation.apply(x.get(2).add(reset.mul(h.get(2))));
      return mixed(update, states[0], candidate);
    };
  }

  /**
   * {@code h' = z h + (1 - z) activation(x + (r h) U)}, where {@code U} is the candidate's part of
   * the recurrent kernel: the reset gate before the product; its state is h.
   *
   * @param recurrentKernel {@code [units, 3 units]}
   * @param gate the function of the gates
   * @param activation the function of the candidate
   */
  public static Cell gruCellResetBefore(
      Tensor recurrentKernel, UnaryOperator<Tensor> gate, UnaryOperator<Tensor> activation) {
    long units = recurrentKernel.dim(0);
    List<Tensor> kernels = ShapeOps.split(recurrentKernel, 1, 2 * units, units);
    return (projected, states) -> {
      List<Tensor> x = ShapeOps.split(projected, 1, 2 * units, units);
      Tensor gates = x.get(0).add(states[0].matmul(kernels.get(0)));
      List<Tensor> parts = ShapeOps.split(gates, 1, units, units);
      Tensor update = gate.apply(parts.get(0));
      Tensor reset = gate.apply(parts.get(1));
      Tensor inner = reset.mul(states[0]).matmul(kernels.get(1));
      return mixed(update, states[0], activation.apply(x.get(1).add(inner)));
    };
  }

  private static Tensor[] mixed(Tensor update, Tensor h, Tensor candidate) {
    return new Tensor[] {candidate.add(update.mul(h.sub(candidate)))};
  }
}
