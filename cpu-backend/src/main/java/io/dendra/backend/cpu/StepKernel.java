package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Optimizer steps of one or many parameters in one pass over memory, shared out over the pool by
 * elements, whichever parameter they are of; the results may lie over the operands.
 */
final class StepKernel implements FusedKernel {
  private static final int COST = 6;

  private final CpuPool pool;
  private final Copies copies;
  private final List<StepRule> rules;

  private StepKernel(CpuPool pool, Copies copies, List<StepRule> rules) {
    this.pool = pool;
    this.copies = copies;
    this.rules = rules;
  }

  /** The kernel of some steps, in the order of their operands. */
  static StepKernel of(CpuPool pool, Copies copies, List<FusedOp> steps) {
    List<StepRule> rules = new ArrayList<>(steps.size());
    for (FusedOp step : steps) {
      rules.add(StepRule.of(step));
    }
    return new StepKernel(pool, copies, rules);
  }

  /** The operands of one parameter as ranges of memory. */
  private static final class Piece {
    final StepRule rule;
    final FloatBuffer[] from;
    final int[] fromBase;
    final FloatBuffer[] to;
    final int[] toBase;
    final int size;

    Piece(StepRule rule, Staging staging, View[] in, View[] out) {
      this.rule = rule;
      size = Math.toIntExact(in[0].layout().size());
      boolean flat = true;
      for (View view : in) {
        flat &= Loop.flat(view.layout(), in[0].layout());
      }
      for (View view : out) {
        flat &= Loop.flat(view.layout(), in[0].layout());
      }
      from = new FloatBuffer[in.length];
      fromBase = new int[in.length];
      for (int k = 0; k < in.length; k++) {
        Cells cells = Cells.of(flat ? in[k] : staging.in(in[k]));
        from[k] = cells.floats();
        fromBase[k] = cells.base;
      }
      to = new FloatBuffer[out.length];
      toBase = new int[out.length];
      for (int k = 0; k < out.length; k++) {
        Cells cells = Cells.of(flat ? out[k] : staging.out(out[k]));
        to[k] = cells.floats();
        toBase[k] = cells.base;
      }
    }

    int blocks() {
      return (size + Blocks.LENGTH - 1) / Blocks.LENGTH;
    }

    void run(int block, Blocks blocks) {
      int at = block * Blocks.LENGTH;
      int n = Math.min(Blocks.LENGTH, size - at);
      for (int k = 0; k < from.length; k++) {
        blocks.load(k, from[k], fromBase[k] + at, n);
      }
      rule.run(blocks.rows, n);
      for (int k = 0; k < to.length; k++) {
        to[k].put(toBase[k] + at, blocks.rows[rule.result(k)], 0, n);
      }
    }
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      List<Piece> pieces = new ArrayList<>(rules.size());
      long blocks = 0;
      int in = 0;
      int out = 0;
      for (StepRule rule : rules) {
        View[] from = java.util.Arrays.copyOfRange(inputs, in, in + rule.operands());
        View[] to = java.util.Arrays.copyOfRange(outputs, out, out + rule.results());
        Piece piece = new Piece(rule, staging, from, to);
        pieces.add(piece);
        blocks += piece.blocks();
        in += from.length;
        out += to.length;
      }
      pool.ranges(blocks, (long) Blocks.LENGTH * COST, (start, end) -> run(pieces, start, end));
      staging.finish();
    }
  }

  /** A range of the blocks of all pieces, counted one piece after the other. */
  private static void run(List<Piece> pieces, long start, long end) {
    Blocks blocks = Blocks.own();
    long before = 0;
    for (Piece piece : pieces) {
      long last = Math.min(end - before, piece.blocks());
      for (long block = Math.max(0, start - before); block < last; block++) {
        piece.run((int) block, blocks);
      }
      before += piece.blocks();
    }
  }
}
