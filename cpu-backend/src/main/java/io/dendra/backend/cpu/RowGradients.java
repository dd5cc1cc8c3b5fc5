package io.dendra.backend.cpu;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The gradient through an epilogue and its sums over the rows, in one pass over memory: both while
 * a piece of rows is in the cache.
 *
 * <p>The rows that one accumulator takes in follow from the shape alone, so that the sums are the
 * same however many threads there are.
 */
final class RowGradients {
  /** The elements of a piece: small enough for the cache of a core. */
  private static final long PIECE = 1 << 14;

  /** Accumulators, each of a range of rows. */
  private static final int GROUPS = 8;

  private static final int COST = 1;

  private final CpuPool pool;
  private final Engine engine;

  RowGradients(CpuPool pool, Engine engine) {
    this.pool = pool;
    this.engine = engine;
  }

  /**
   * All operands are row-major float32.
   *
   * @param value what the epilogue gave, {@code [rows, columns]}
   * @param gradient the gradient by it
   * @param result the gradient by what the epilogue was applied to; null when there is none
   * @param sums the sums of the result over rows, {@code [columns]} with any step; null for none
   */
  void run(Epilogue epilogue, View value, View gradient, View result, View sums) {
    long rows = gradient.shape().dim(0);
    int n = Math.toIntExact(gradient.shape().dim(1));
    int groups = (int) Math.max(1, Math.min(GROUPS, rows * n / PIECE));
    double[] totals = sums == null ? null : HeapArrays.doubles(groups * n);
    if (totals != null) {
      Arrays.fill(totals, 0);
    }
    Pass pass =
        new Pass(epilogue, Place.of(value), Place.of(gradient), Place.of(result), n, engine);
    int parts = pool.parts(groups, rows * n * COST);
    pool.run(
        parts,
        part -> {
          for (int group = groups * part / parts; group < groups * (part + 1) / parts; group++) {
            long from = rows * group / groups;
            long to = rows * (group + 1) / groups;
            pass.run(from, to, totals, group * n);
          }
        });
    if (totals != null) {
      store(totals, n, sums);
      HeapArrays.giveBack(totals);
    }
  }

  private static void store(double[] totals, int n, View out) {
    Cells to = Cells.of(out);
    int step = (int) out.layout().stride(0);
    for (int i = 0; i < n; i++) {
      double total = 0;
      for (int at = i; at < totals.length; at += n) {
        total += totals[at];
      }
      to.memory.floats.put(to.base + i * step, (float) total);
    }
  }

  /** Where an operand lies, for Java and for native code. */
  private record Place(FloatBuffer floats, int base, long address) {
    static Place of(View view) {
      if (view == null) {
        return null;
      }
      Cells cells = Cells.of(view);
      return new Place(cells.floats(), cells.base, CpuBuffer.address(view));
    }
  }

  private record Pass(
      Epilogue epilogue, Place value, Place gradient, Place result, int n, Engine engine) {
    /** Adds to the totals from {@code start} on, unless there are none. */
    void run(long from, long to, double[] totals, int start) {
      int step = (int) Math.max(1, PIECE / n);
      float[] sums = HeapArrays.floats(n);
      float[] row = HeapArrays.floats(n);
      for (long first = from; first < to; first += step) {
        int count = (int) Math.min(step, to - first);
        Place summed = gradient;
        if (epilogue != Epilogue.NONE) {
          long at = first * n;
          long size = (long) count * n;
          long byteAt = Float.BYTES * at;
          if (!engine.slope(
              epilogue,
              value.address + byteAt,
              gradient.address + byteAt,
              result.address + byteAt,
              size)) {
            slopes((int) at, count, row);
          }
          summed = result;
        }
        if (totals != null) {
          add(summed, (int) (first * n), count, row, sums, totals, start);
        }
      }
      HeapArrays.giveBack(sums);
      HeapArrays.giveBack(row);
    }

    /** {@code totals += sums of the rows}, in float within the piece. */
    private void add(
        Place from, int at, int count, float[] row, float[] sums, double[] totals, int start) {
      from.floats.get(from.base + at, sums, 0, n);
      for (int r = 1; r < count; r++) {
        from.floats.get(from.base + at + r * n, row, 0, n);
        for (int i = 0; i < n; i++) {
          sums[i] += row[i];
        }
      }
      for (int i = 0; i < n; i++) {
        totals[start + i] += sums[i];
      }
    }

    private void slopes(int at, int count, float[] row) {
      float[] y = HeapArrays.floats(n);
      for (int r = 0; r < count; r++) {
        int place = at + r * n;
        value.floats.get(value.base + place, y, 0, n);
        gradient.floats.get(gradient.base + place, row, 0, n);
        for (int i = 0; i < n; i++) {
          row[i] *= Epilogues.slope(epilogue, y[i]);
        }
        result.floats.put(result.base + place, row, 0, n);
      }
      HeapArrays.giveBack(y);
    }
  }
}
