package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import java.util.Arrays;

/** Normalisation of each row to mean 0 and variance 1, scaled and shifted per column. */
final class DnnLayerNormKernel implements FusedKernel {
  private static final int COST = 2;

  /** Accumulators of the gradients of scale and shift. */
  private static final int GROUPS = 8;

  private final DnnRows primitives;
  private final CpuPool pool;
  private final Copies copies;
  private final double epsilon;

  DnnLayerNormKernel(DnnRows primitives, CpuPool pool, Copies copies, double epsilon) {
    this.primitives = primitives;
    this.pool = pool;
    this.copies = copies;
    this.epsilon = epsilon;
  }

  private static Pieces pieces(View view) {
    return new Pieces(view.shape().dim(0), view.shape().dim(1));
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Staging staging = new Staging(copies)) {
      long x = CpuBuffer.address(staging.in(inputs[0]));
      long gamma = CpuBuffer.address(staging.in(inputs[1]));
      long beta = CpuBuffer.address(staging.in(inputs[2]));
      long y = CpuBuffer.address(staging.out(outputs[0]));
      Pieces pieces = pieces(inputs[0]);
      long n = pieces.columns();
      View moments = staging.like(inputs[0], 2, pieces.rows());
      long mean = CpuBuffer.address(moments);
      long variance = mean + 4 * pieces.rows();
      pieces.run(
          pool,
          COST,
          (first, rows) -> {
            long at = 4 * first * n;
            primitives
                .layerNorm(epsilon, rows, n)
                .execute(x + at, gamma, beta, y + at, mean + 4 * first, variance + 4 * first);
          });
      staging.finish();
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  /** Each piece of rows computes its moments again, which costs less than to keep them. */
  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      Pieces pieces = pieces(inputs[0]);
      int n = (int) pieces.columns();
      long x = CpuBuffer.address(staging.in(inputs[0]));
      long gamma = CpuBuffer.address(staging.in(inputs[1]));
      long beta = CpuBuffer.address(staging.in(inputs[2]));
      long g = CpuBuffer.address(staging.in(gradOutputs[0]));
      View wanted = staging.out(gradInputs[0]);
      long d = wanted == null ? 0 : CpuBuffer.address(wanted);
      int groups = (int) Math.min(GROUPS, pieces.count());
      long height = pieces.height();
      // Of each group the moments, the rows that nobody asked for, and the sums of a piece.
      long moments = 2 * height;
      View room = staging.like(inputs[0], groups, moments + height * n + 2L * n);
      Cells cells = Cells.of(room);
      double[] totals = HeapArrays.doubles(groups * 2 * n);
      Arrays.fill(totals, 0);
      int parts = pool.parts(groups, pieces.rows() * n * 2 * COST);
      pool.run(
          parts,
          part -> {
            for (int group = groups * part / parts; group < groups * (part + 1) / parts; group++) {
              long start = group * (moments + height * n + 2L * n);
              long mean = CpuBuffer.address(room) + 4 * start;
              long variance = mean + 4 * height;
              long spare = mean + 4 * moments;
              long sums = spare + 4 * height * n;
              long last = pieces.count() * (group + 1) / groups;
              float[] some = HeapArrays.floats(2 * n);
              int total = group * 2 * n;
              for (long piece = pieces.count() * group / groups; piece < last; piece++) {
                long rows = pieces.height(piece);
                long at = 4 * pieces.first(piece) * n;
                primitives
                    .layerNorm(epsilon, rows, n)
                    .execute(x + at, gamma, beta, spare, mean, variance);
                primitives
                    .layerNormGradient(epsilon, rows, n)
                    .execute(
                        x + at,
                        mean,
                        variance,
                        gamma,
                        g + at,
                        wanted == null ? spare : d + at,
                        sums,
                        sums + 4L * n);
                int place = (int) (cells.base + start + moments + height * n);
                cells.floats().get(place, some, 0, 2 * n);
                for (int i = 0; i < some.length; i++) {
                  totals[total + i] += some[i];
                }
              }
              HeapArrays.giveBack(some);
            }
          });
      store(totals, 0, gradInputs[1]);
      store(totals, n, gradInputs[2]);
      HeapArrays.giveBack(totals);
      staging.finish();
    }
  }

  /** Adds up the groups in order. */
  private static void store(double[] totals, int from, View out) {
    if (out == null) {
      return;
    }
    Cells to = Cells.of(out);
    int n = (int) out.shape().dim(0);
    int step = (int) out.layout().stride(0);
    for (int i = 0; i < n; i++) {
      double total = 0;
      for (int at = from + i; at < totals.length; at += 2 * n) {
        total += totals[at];
      }
      to.memory.floats.put(to.base + i * step, (float) total);
    }
  }
}
