package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A chain of float32 functions, block by block: each instruction is a loop of {@link FloatLoops}
 * over blocks that stay in the nearest cache, so that memory is read and written once. Those are
 * the loops of single ops, too, so the bits are the same.
 */
final class ChainKernel implements FusedKernel {
  /** An instruction with the rows of its operands and result. */
  private interface Step {
    void run(Blocks blocks, float[][] rows, int n);
  }

  private static final int[] NO_OPERANDS = {};

  private final CpuPool pool;
  private final FusedOp.Chain chain;

  ChainKernel(CpuPool pool, FusedOp.Chain chain) {
    this.pool = pool;
    this.chain = chain;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    Program program = new Program(chain, inputs);
    Tiles.run(
        pool,
        program.cost,
        inputs,
        outputs,
        program.rowCount,
        program.results,
        (blocks, rows, n) -> {
          for (Step step : program.steps) {
            step.run(blocks, rows, n);
          }
        });
  }

  /** The chain with rows given to its operands; a row serves again after the last use. */
  private static final class Program {
    final List<Step> steps = new ArrayList<>();
    final int[] results;
    int rowCount;
    long cost = 1;
    private final FusedOp.Chain chain;
    private final int[] lastUse;
    private final int[] uses;
    private final int[] rowOf;
    private final List<Integer> idle = new ArrayList<>();
    private final boolean[] fixed;

    Program(FusedOp.Chain chain, View[] inputs) {
      this.chain = chain;
      int count = chain.inputs() + chain.instructions().size();
      lastUse = new int[count];
      uses = new int[count];
      rowOf = new int[count];
      fixed = new boolean[count];
      countUses();
      rowCount = chain.inputs();
      for (int i = 0; i < inputs.length; i++) {
        rowOf[i] = i;
        // A broadcast input is spread over its row once and for all blocks.
        fixed[i] = inputs[i].layout().isBroadcast();
      }
      int next = 0;
      while (next < chain.instructions().size()) {
        next = add(next);
      }
      results = new int[chain.results().size()];
      Arrays.setAll(results, i -> rowOf[chain.results().get(i)]);
    }

    private void countUses() {
      Arrays.fill(lastUse, -1);
      List<Instruction> instructions = chain.instructions();
      for (int i = 0; i < instructions.size(); i++) {
        for (int operand : operands(instructions.get(i))) {
          lastUse[operand] = i;
          uses[operand]++;
        }
      }
      for (int result : chain.results()) {
        lastUse[result] = Integer.MAX_VALUE;
        uses[result]++;
      }
    }

    private static int[] operands(Instruction instruction) {
      if (instruction instanceof Instruction.Unary unary) {
        return new int[] {unary.x()};
      }
      if (instruction instanceof Instruction.Binary binary) {
        return new int[] {binary.a(), binary.b()};
      }
      return new int[] {((Instruction.Scalar) instruction).a()};
    }

    /** Adds an instruction, or two that go together; the place of the one after. */
    private int add(int place) {
      Instruction instruction = chain.instructions().get(place);
      int result = chain.inputs() + place;
      if (instruction instanceof Instruction.Scalar scale && scale.op() == BinaryOp.MUL) {
        Instruction.Scalar shift = shiftOf(result, place + 1);
        if (shift != null) {
          int a = rowOf[scale.a()];
          int to = rowFor(place + 1, operands(scale), result + 1);
          float factor = (float) scale.scalar();
          float sum = (float) (shift.op() == BinaryOp.SUB ? -shift.scalar() : shift.scalar());
          steps.add((blocks, rows, n) -> FloatLoops.affine(rows[a], factor, sum, rows[to], n));
          cost++;
          return place + 2;
        }
      }
      boolean reads = instruction instanceof Instruction.Unary unary && readsTwice(unary.op());
      int to = rowFor(place, reads ? NO_OPERANDS : operands(instruction), result);
      if (reads) {
        release(place, operands(instruction));
      }
      if (instruction instanceof Instruction.Unary unary) {
        int x = rowOf[unary.x()];
        steps.add((blocks, rows, n) -> FloatLoops.unary(unary.op(), blocks, rows[x], rows[to], n));
        cost += FloatLoops.cost(unary.op());
      } else if (instruction instanceof Instruction.Binary binary) {
        int a = rowOf[binary.a()];
        int b = rowOf[binary.b()];
        steps.add((blocks, rows, n) -> FloatLoops.binary(binary.op(), rows[a], rows[b], rows[to], n));
        cost += FloatLoops.cost(binary.op());
      } else {
        Instruction.Scalar scalar = (Instruction.Scalar) instruction;
        int a = rowOf[scalar.a()];
        float value = (float) scalar.scalar();
        boolean first = scalar.scalarFirst();
        steps.add(
            (blocks, rows, n) ->
                FloatLoops.withScalar(scalar.op(), rows[a], value, first, rows[to], n));
        cost += FloatLoops.cost(scalar.op());
      }
      return place + 1;
    }

    /** The instruction there when it is the only one to use a product, and adds a number to it. */
    private Instruction.Scalar shiftOf(int product, int place) {
      boolean follows =
          place < chain.instructions().size()
              && uses[product] == 1
              && chain.instructions().get(place) instanceof Instruction.Scalar shift
              && shift.a() == product
              && (shift.op() == BinaryOp.ADD
                  || (shift.op() == BinaryOp.SUB && !shift.scalarFirst()));
      return follows ? (Instruction.Scalar) chain.instructions().get(place) : null;
    }

    /** Whether the operand is still needed when the first part of the result is there. */
    private static boolean readsTwice(UnaryOp op) {
      return op == UnaryOp.LOG || op == UnaryOp.SOFTPLUS;
    }

    /** A row for a result: that of an operand that is used there for the last time, if any. */
    private int rowFor(int place, int[] operands, int result) {
      release(place, operands);
      int row = idle.isEmpty() ? rowCount++ : idle.remove(idle.size() - 1);
      rowOf[result] = row;
      return row;
    }

    private void release(int place, int[] operands) {
      for (int operand : operands) {
        int row = rowOf[operand];
        if (lastUse[operand] <= place && !fixed[operand] && !idle.contains(row)) {
          idle.add(row);
        }
      }
    }
  }
}
