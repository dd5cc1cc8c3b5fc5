package io.dendra.tck.specs;

import static io.dendra.tck.Operand.in;
import static io.dendra.tck.Operand.number;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp.Chain;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.FusedOp.Chain.Instruction.Binary;
import io.dendra.backend.FusedOp.Chain.Instruction.Scalar;
import io.dendra.backend.FusedOp.Chain.Instruction.Unary;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Chains;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import java.util.ArrayList;
import java.util.List;

/** Chains of elementwise functions in one pass. */
public final class ChainSpecs {
  private ChainSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(gate(), results(), functions(), arithmetic());
  }

  private static OpCall call(int inputs, List<Integer> results, Instruction... instructions) {
    Chain chain = new Chain(inputs, List.of(instructions), results);
    return in -> Chains.apply(chain, in);
  }

  /** {@code tanh(1.5 x + 0.25) sigmoid(x)}. */
  private static OpSpec gate() {
    OpCall call =
        call(
            1,
            List.of(5),
            new Scalar(BinaryOp.MUL, 0, 1.5, false),
            new Scalar(BinaryOp.ADD, 1, 0.25, false),
            new Unary(UnaryOp.TANH, 2),
            new Unary(UnaryOp.SIGMOID, 0),
            new Binary(BinaryOp.MUL, 3, 4));
    return OpSpec.named("elementwise_chain of a gate")
        .tolerance(Tolerance.CHAIN)
        .sample("one number", call, number())
        .sample("a block", call, number(3, 4))
        .sample("nothing", call, number(0, 3))
        .edge("many", call, number(130, 70))
        .edge(
            "special",
            call,
            Operand.of(0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 9))
        .error("two inputs", call, List.of(number(2), number(2)), "takes 1 inputs, given 2");
  }

  /** Several inputs that broadcast, several results, one of them needed by another. */
  private static OpSpec results() {
    OpCall call =
        call(
            3,
            List.of(5, 4),
            new Binary(BinaryOp.SUB, 0, 1),
            new Binary(BinaryOp.MUL, 3, 2),
            new Scalar(BinaryOp.SUB, 4, 2, true));
    return OpSpec.named("elementwise_chain of several results")
        .tolerance(Tolerance.CHAIN)
        .sample("one shape", call, number(2, 3), number(2, 3), number(2, 3))
        .sample("a row and a column", call, number(3, 4), number(4), number(3, 1))
        .sample("a number", call, number(), number(2, 3), number(1, 3))
        .sample("channels", call, number(2, 3, 2, 2), number(3, 1, 1), number(1, 3, 1, 1))
        .edge("many", call, number(40, 37), number(37), number(40, 1))
        .error(
            "shapes",
            call,
            List.of(number(2, 3), number(2), number(3)),
            "elementwise_chain",
            "[2, 3]",
            "[2]");
  }

  /** Every function of one number after another, each on an interval of its own. */
  private static OpSpec functions() {
    List<Instruction> instructions = new ArrayList<>();
    List<Integer> results = new ArrayList<>();
    for (UnaryOp op : UnaryOp.values()) {
      if (!op.isDifferentiable()) {
        continue;
      }
      // From -1 … 1 to the interval of the function.
      double half = (op.high() - op.low()) / 2;
      instructions.add(new Scalar(BinaryOp.MUL, 0, half, false));
      instructions.add(new Scalar(BinaryOp.ADD, instructions.size(), op.low() + half, false));
      instructions.add(new Unary(op, instructions.size()));
      results.add(instructions.size());
    }
    OpCall call = call(1, results, instructions.toArray(Instruction[]::new));
    return OpSpec.named("elementwise_chain of all functions")
        .tolerance(Tolerance.CHAIN)
        .sample("a few", call, in(-1, 1, 5))
        .edge("many", call, in(-1, 1, 37, 29));
  }

  private static OpSpec arithmetic() {
    List<Instruction> instructions = new ArrayList<>();
    List<Integer> results = new ArrayList<>();
    for (BinaryOp op : BinaryOp.values()) {
      if (op.isLogical() || !op.isDifferentiable()) {
        continue;
      }
      instructions.add(new Binary(op, 0, 1));
      instructions.add(new Scalar(op, 0, 1.75, false));
      instructions.add(new Scalar(op, 1, 1.75, true));
      for (int i = 2; i >= 0; i--) {
        results.add(1 + instructions.size() - i);
      }
    }
    OpCall call = call(2, results, instructions.toArray(Instruction[]::new));
    return OpSpec.named("elementwise_chain of all arithmetic")
        .tolerance(Tolerance.CHAIN)
        .sample("a few", call, in(0.5, 1, 3), in(1.1, 1.6, 3))
        .edge("many", call, in(0.5, 1, 37, 29), in(1.1, 1.6, 29));
  }
}
