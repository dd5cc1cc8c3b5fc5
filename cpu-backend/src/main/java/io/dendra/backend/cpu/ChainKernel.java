package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import java.util.Arrays;
import java.util.List;

/**
 * A chain of float32 functions, block by block, so that memory is read and written once: by the
 * engine's functions of ranges where all operands lie alike and are long, else by {@link
 * FloatLoops} over arrays. Single ops are computed the same way, so the bits are the same.
 */
final class ChainKernel implements FusedKernel {
  private final CpuPool pool;
  private final RangeFunctions ranges;
  private final FusedOp.Chain chain;

  /** With the engine's functions, null where it has none. */
  ChainKernel(CpuPool pool, RangeFunctions ranges, FusedOp.Chain chain) {
    this.pool = pool;
    this.ranges = ranges;
    this.chain = chain;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    long size = outputs[0].layout().size();
    if (ranges != null && size >= RangeFunctions.WORTHWHILE && isNative(inputs, outputs)) {
      inRanges(inputs, outputs);
      return;
    }
    boolean[] fixed = new boolean[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      // A broadcast input is spread over its row once and for all blocks.
      fixed[i] = inputs[i].layout().isBroadcast();
    }
    ChainProgram program = new ChainProgram(chain, fixed);
    List<ChainProgram.Line> lines = program.lines();
    RangeFunctions forLong = size >= RangeFunctions.WORTHWHILE ? ranges : null;
    Tiles.run(
        pool,
        program.cost(),
        inputs,
        outputs,
        program.rowCount(),
        program.results(),
        (blocks, rows, n) -> {
          for (ChainProgram.Line line : lines) {
            run(line, forLong, blocks, rows, n);
          }
        });
  }

  private static void run(
      ChainProgram.Line line, RangeFunctions ranges, Blocks blocks, float[][] rows, int n) {
    float[] a = rows[line.a()];
    float[] to = rows[line.to()];
    if (line.instruction() instanceof Instruction.Unary unary) {
      FloatLoops.unary(unary.op(), ranges, blocks, a, to, n);
    } else if (line.instruction() instanceof Instruction.Binary binary) {
      FloatLoops.binary(binary.op(), a, rows[line.b()], to, n);
    } else {
      Instruction.Scalar scalar = (Instruction.Scalar) line.instruction();
      float value = (float) scalar.scalar();
      FloatLoops.withScalar(scalar.op(), a, value, scalar.scalarFirst(), to, n);
    }
  }

  /** Whether the engine has every function, and every operand lies like the first output. */
  private boolean isNative(View[] inputs, View[] outputs) {
    for (Instruction instruction : chain.instructions()) {
      if (!isNative(instruction)) {
        return false;
      }
    }
    for (View input : inputs) {
      if (!Loop.flat(input.layout(), outputs[0].layout())) {
        return false;
      }
    }
    for (View output : outputs) {
      if (!Loop.flat(output.layout(), outputs[0].layout())) {
        return false;
      }
    }
    return true;
  }

  private boolean isNative(Instruction instruction) {
    if (instruction instanceof Instruction.Unary unary) {
      return ranges.has(unary.op()) || unary.op() == UnaryOp.SQUARE;
    }
    if (instruction instanceof Instruction.Binary binary) {
      return ranges.has(binary.op());
    }
    Instruction.Scalar scalar = (Instruction.Scalar) instruction;
    return ranges.has(scalar.op()) && !(scalar.op() == BinaryOp.DIV && scalar.scalarFirst());
  }

  private void inRanges(View[] inputs, View[] outputs) {
    boolean[] fixed = new boolean[inputs.length];
    Arrays.fill(fixed, true);
    ChainProgram program = new ChainProgram(chain, fixed);
    pool.ranges(
        outputs[0].layout().size(),
        program.cost(),
        (from, to) -> {
          try (RangeChain ranged = new RangeChain(ranges, program, inputs, outputs)) {
            ranged.run(from, to);
          }
        });
  }
}
