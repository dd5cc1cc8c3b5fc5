package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * A chain by an engine's functions in one thread: a range that fits the cache goes through all of
 * them before the next, from the inputs' memory through scratch memory to the outputs'.
 */
final class RangeChain implements AutoCloseable {
  /** Long enough for the cost of a call, short enough for the cache. */
  private static final int LENGTH = 1 << 14;

  /** One call with the rows of its operands, the last the result's. */
  private record Step(RangeFunctions.Call call, int... rows) {}

  private final RangeFunctions functions;
  private final ChainProgram program;
  private final int inputs;
  private final int[] results;
  private final long[] first;
  private final Scratch scratch;
  private final boolean direct;
  private final List<Float> numbers = new ArrayList<>();
  private final long[] memory;
  private List<Step> steps = List.of();
  private long prepared;

  RangeChain(RangeFunctions functions, ChainProgram program, View[] in, View[] out) {
    this.functions = functions;
    this.program = program;
    inputs = in.length;
    results = program.results();
    int temporary = program.rowCount() - inputs;
    int most = 2 * program.lines().size();
    scratch = new Scratch(DType.FLOAT32, (long) temporary * LENGTH + most);
    long start = CpuBuffer.address(scratch.view(1));
    memory = new long[program.rowCount() + most];
    for (int row = 0; row < memory.length; row++) {
      int free = row - inputs;
      memory[row] =
          row < inputs
              ? CpuBuffer.address(in[row])
              : start
                  + 4L * LENGTH * Math.min(free, temporary)
                  + 4L * Math.max(0, free - temporary);
    }
    first = new long[out.length];
    for (int i = 0; i < out.length; i++) {
      first[i] = CpuBuffer.address(out[i]);
    }
    direct = isDirect();
  }

  /** Whether results can go to their place at once: nothing that is read later lies there. */
  private boolean isDirect() {
    for (int i = 0; i < results.length; i++) {
      for (int k = 0; k < inputs; k++) {
        if (memory[k] == first[i]) {
          return false;
        }
      }
      for (int k = 0; k < i; k++) {
        if (results[k] == results[i]) {
          return false;
        }
      }
    }
    return true;
  }

  /** Computes a range of the elements. */
  void run(long from, long to) {
    long[] rows = memory.clone();
    for (long at = from; at < to; at += LENGTH) {
      long n = Math.min(LENGTH, to - at);
      prepare(n);
      for (int k = 0; k < inputs; k++) {
        rows[k] = memory[k] + 4 * at;
      }
      for (int i = 0; i < results.length && direct; i++) {
        rows[results[i]] = first[i] + 4 * at;
      }
      for (Step step : steps) {
        if (step.rows.length == 2) {
          step.call.run(rows[step.rows[0]], rows[step.rows[1]]);
        } else {
          step.call.run(rows[step.rows[0]], rows[step.rows[1]], rows[step.rows[2]]);
        }
      }
      for (int i = 0; i < results.length && !direct; i++) {
        Pointer.memcpy(
            new RawAddress().at(first[i] + 4 * at), new RawAddress().at(rows[results[i]]), 4 * n);
      }
    }
  }

  /** Gets the calls for ranges of a length: there are two lengths, that of the last is its own. */
  private void prepare(long n) {
    if (prepared == n) {
      return;
    }
    closeSteps();
    prepared = n;
    steps = new ArrayList<>();
    numbers.clear();
    for (ChainProgram.Line line : program.lines()) {
      if (line.instruction() instanceof Instruction.Unary unary) {
        steps.add(
            unary.op() == UnaryOp.SQUARE
                ? new Step(functions.binary(BinaryOp.MUL, n), line.a(), line.a(), line.to())
                : new Step(functions.unary(unary.op(), n), line.a(), line.to()));
      } else if (line.instruction() instanceof Instruction.Binary binary) {
        steps.add(new Step(functions.binary(binary.op(), n), line.a(), line.b(), line.to()));
      } else {
        add(line, (Instruction.Scalar) line.instruction(), n);
      }
    }
  }

  private void add(ChainProgram.Line line, Instruction.Scalar scalar, long n) {
    float value = (float) scalar.scalar();
    if (scalar.op() == BinaryOp.SUB && scalar.scalarFirst()) {
      // s - a as (-a) + s, which rounds alike.
      int minus = number(-1);
      steps.add(new Step(functions.withNumber(BinaryOp.MUL, n), line.a(), minus, line.to()));
      int sum = number(value);
      steps.add(new Step(functions.withNumber(BinaryOp.ADD, n), line.to(), sum, line.to()));
    } else {
      int place = number(value);
      steps.add(new Step(functions.withNumber(scalar.op(), n), line.a(), place, line.to()));
    }
  }

  /** Puts a number behind the scratch rows; the row under which it is known. */
  private int number(float value) {
    int row = program.rowCount() + numbers.size();
    numbers.add(value);
    int rows = program.rowCount() - inputs;
    Cells cells = Cells.of(scratch.view((long) rows * LENGTH + numbers.size()));
    cells.set(cells.base + rows * LENGTH + numbers.size() - 1, value);
    return row;
  }

  private void closeSteps() {
    steps.forEach(step -> step.call.close());
    steps = List.of();
  }

  @Override
  public void close() {
    closeSteps();
    scratch.close();
  }
}
