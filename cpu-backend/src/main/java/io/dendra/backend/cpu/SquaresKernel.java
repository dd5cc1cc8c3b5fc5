package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.List;

/** The sum of the squares of float32 operands, in double: one pass over all of them. */
final class SquaresKernel implements FusedKernel {
  private static final int COST = 2;

  private final CpuPool pool;
  private final Copies copies;

  SquaresKernel(CpuPool pool, Copies copies) {
    this.pool = pool;
    this.copies = copies;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      List<Cells> pieces = new ArrayList<>(inputs.length);
      int[] firstBlock = new int[inputs.length + 1];
      for (int k = 0; k < inputs.length; k++) {
        View dense = inputs[k].layout().isDense() ? inputs[k] : staging.in(inputs[k]);
        pieces.add(Cells.of(dense));
        long blocks = (inputs[k].layout().size() + Blocks.LENGTH - 1) / Blocks.LENGTH;
        firstBlock[k + 1] = firstBlock[k] + (int) blocks;
      }
      // One number per block, added up in order: the sum does not depend on the threads.
      double[] partial = new double[firstBlock[inputs.length]];
      pool.ranges(
          partial.length,
          (long) Blocks.LENGTH * COST,
          (start, end) -> {
            Blocks blocks = Blocks.own();
            int piece = 0;
            for (int block = (int) start; block < end; block++) {
              while (block >= firstBlock[piece + 1]) {
                piece++;
              }
              int at = (block - firstBlock[piece]) * Blocks.LENGTH;
              int n = (int) Math.min(Blocks.LENGTH, inputs[piece].layout().size() - at);
              Cells cells = pieces.get(piece);
              partial[block] = sum(blocks.load(0, cells.floats(), cells.base + at, n), n);
            }
          });
      double sum = 0;
      for (double part : partial) {
        sum += part;
      }
      Cells to = Cells.of(outputs[0]);
      to.set(to.base, sum);
    }
  }

  /** Four accumulators, so that an addition need not wait for the one before. */
  private static double sum(float[] x, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
      c += (double) x[i + 2] * x[i + 2];
      d += (double) x[i + 3] * x[i + 3];
    }
    for (; i < n; i++) {
      a += (double) x[i] * x[i];
    }
    return a + b + (c + d);
  }
}
