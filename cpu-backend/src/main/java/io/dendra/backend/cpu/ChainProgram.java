package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A chain with rows of scratch memory given to its operands; a row serves again after its use. */
final class ChainProgram {
  private static final int[] NO_OPERANDS = {};

  /** An instruction with the rows of its operands and its result. */
  record Line(Instruction instruction, int a, int b, int to) {}

  private final FusedOp.Chain chain;
  private final boolean[] fixed;
  private final int[] lastUse;
  private final int[] rowOf;
  private final List<Integer> idle = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private int rowCount;

  /**
   * Gives out the rows; the inputs have the first ones.
   *
   * @param fixed which inputs' rows must not be written to
   */
  ChainProgram(FusedOp.Chain chain, boolean[] fixed) {
    this.chain = chain;
    this.fixed = fixed;
    int count = chain.inputs() + chain.instructions().size();
    lastUse = new int[count];
    rowOf = new int[count];
    rowCount = chain.inputs();
    for (int i = 0; i < rowCount; i++) {
      rowOf[i] = i;
    }
    findLastUses();
    for (int place = 0; place < chain.instructions().size(); place++) {
      add(place);
    }
  }

  List<Line> lines() {
    return lines;
  }

  int rowCount() {
    return rowCount;
  }

  /** The rows of the results. */
  int[] results() {
    return chain.results().stream().mapToInt(result -> rowOf[result]).toArray();
  }

  /** Simple steps per element. */
  long cost() {
    long cost = 1;
    for (Instruction instruction : chain.instructions()) {
      if (instruction instanceof Instruction.Unary unary) {
        cost += FloatLoops.cost(unary.op());
      } else if (instruction instanceof Instruction.Binary binary) {
        cost += FloatLoops.cost(binary.op());
      } else {
        cost += FloatLoops.cost(((Instruction.Scalar) instruction).op());
      }
    }
    return cost;
  }

  private void findLastUses() {
    Arrays.fill(lastUse, -1);
    for (int i = 0; i < chain.instructions().size(); i++) {
      for (int operand : operands(chain.instructions().get(i))) {
        lastUse[operand] = i;
      }
    }
    for (int result : chain.results()) {
      lastUse[result] = Integer.MAX_VALUE;
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

  private void add(int place) {
    Instruction instruction = chain.instructions().get(place);
    int[] operands = operands(instruction);
    boolean apart = needsRowOfItsOwn(instruction);
    release(place, apart ? NO_OPERANDS : operands);
    int row = idle.isEmpty() ? rowCount++ : idle.remove(idle.size() - 1);
    release(place, operands);
    idle.remove(Integer.valueOf(row));
    rowOf[chain.inputs() + place] = row;
    int a = rowOf[operands[0]];
    lines.add(new Line(instruction, a, operands.length == 2 ? rowOf[operands[1]] : a, row));
    if (lastUse[chain.inputs() + place] < 0) {
      idle.add(row);
    }
  }

  /** Whether the operand is still read when the first part of the result is there. */
  private static boolean needsRowOfItsOwn(Instruction instruction) {
    if (instruction instanceof Instruction.Unary unary) {
      return unary.op() == UnaryOp.LOG || unary.op() == UnaryOp.SOFTPLUS;
    }
    return instruction instanceof Instruction.Scalar scalar
        && scalar.op() == BinaryOp.SUB
        && scalar.scalarFirst();
  }

  private void release(int place, int[] operands) {
    for (int operand : operands) {
      int row = rowOf[operand];
      boolean kept = operand < fixed.length && fixed[operand];
      if (lastUse[operand] <= place && !kept && !idle.contains(row)) {
        idle.add(row);
      }
    }
  }
}
