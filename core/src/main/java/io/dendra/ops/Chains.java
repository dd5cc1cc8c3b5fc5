package io.dendra.ops;

import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** Several elementwise functions in one pass over memory. */
public final class Chains {
  private Chains() {}

  /**
   * Runs a chain of elementwise functions and gives its results, each of the common shape of the
   * inputs.
   *
   * <pre>{@code
   * // y = tanh(1.5 x) * g
   * var chain = new FusedOp.Chain(2,
   *     List.of(new Scalar(BinaryOp.MUL, 0, 1.5, false), new Unary(UnaryOp.TANH, 2),
   *         new Binary(BinaryOp.MUL, 3, 1)),
   *     List.of(4));
   * Tensor y = Chains.apply(chain, x, g)[0];
   * }</pre>
   *
   * @param in as many tensors as the chain has inputs, of one floating type; they are broadcast
   * @throws OpException when their number, types or shapes do not fit
   */
  public static Tensor[] apply(FusedOp.Chain chain, Tensor... in) {
    require(in.length == chain.inputs(), "takes " + chain.inputs() + " inputs, given " + in.length);
    Shape shape = in[0].shape();
    for (Tensor input : in) {
      require(
          input.dtype() == in[0].dtype() && input.dtype().isFloating(),
          "takes inputs of one floating type, given " + in[0].spec() + " and " + input.spec());
      try {
        shape = Shape.broadcast(shape, input.shape());
      } catch (IllegalArgumentException e) {
        throw new OpException(chain.label() + ": " + e.getMessage());
      }
    }
    Tensor[] operands = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      operands[i] = ShapeOps.broadcastTo(in[i], shape);
    }
    TensorSpec[] outputs = new TensorSpec[chain.results().size()];
    Arrays.fill(outputs, new TensorSpec(shape, in[0].dtype()));
    return Fused.apply(chain, each -> oneByOne(chain, each), outputs, operands);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new OpException("elementwise_chain " + message);
    }
  }

  private static Tensor[] oneByOne(FusedOp.Chain chain, Tensor[] in) {
    List<Instruction> instructions = chain.instructions();
    Tensor[] operands = Arrays.copyOf(in, in.length + instructions.size());
    for (int i = 0; i < instructions.size(); i++) {
      operands[in.length + i] = apply(instructions.get(i), operands);
    }
    return chain.results().stream().map(result -> operands[result]).toArray(Tensor[]::new);
  }

  private static Tensor apply(Instruction instruction, Tensor[] operands) {
    if (instruction instanceof Instruction.Unary unary) {
      return Elementwise.unary(unary.op(), operands[unary.x()]);
    }
    if (instruction instanceof Instruction.Binary binary) {
      return Elementwise.binary(binary.op(), operands[binary.a()], operands[binary.b()]);
    }
    Instruction.Scalar scalar = (Instruction.Scalar) instruction;
    Tensor a = operands[scalar.a()];
    return scalar.scalarFirst()
        ? Elementwise.binary(scalar.op(), scalar.scalar(), a)
        : Elementwise.binary(scalar.op(), a, scalar.scalar());
  }
}
