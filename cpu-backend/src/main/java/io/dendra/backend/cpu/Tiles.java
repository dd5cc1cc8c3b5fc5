package io.dendra.backend.cpu;

import io.dendra.backend.View;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Passes float32 operands of one shape through {@link Blocks}, several rows of memory at a time
 * where rows are short. Broadcast operands are spread over a block once and stay there.
 */
final class Tiles {
  /** Computes with one block: the inputs lie in the first rows, the results in rows of its own. */
  interface Body {
    /** The first n elements of each row count; rows of broadcast inputs must be left alone. */
    void run(Blocks blocks, float[][] rows, int n);
  }

  private final Loop loop;
  private final FloatBuffer[] memory;
  private final int[] bases;
  private final int inputs;
  private final int rowCount;
  private final int[] results;
  private final Body body;
  private final int width;
  private final int chunk;
  private final int perTile;

  private Tiles(Loop loop, View[] in, View[] out, int rowCount, int[] results, Body body) {
    this.loop = loop;
    this.inputs = in.length;
    this.rowCount = rowCount;
    this.results = results;
    this.body = body;
    int operands = in.length + out.length;
    memory = new FloatBuffer[operands];
    bases = new int[operands];
    for (int k = 0; k < operands; k++) {
      Cells cells = Cells.of(k < inputs ? in[k] : out[k - inputs]);
      memory[k] = cells.floats();
      bases[k] = cells.base;
    }
    width = loop.rowLength();
    chunk = Math.min(width, Blocks.LENGTH);
    perTile = width == 0 ? 1 : Math.max(1, Blocks.LENGTH / width);
  }

  /**
   * Runs the body over all elements, shared out over the pool.
   *
   * @param cost of an element, in simple steps
   * @param rowCount how many rows the body uses, inputs included
   * @param results the row of each output
   */
  static void run(
      CpuPool pool, long cost, View[] in, View[] out, int rowCount, int[] results, Body body) {
    long[][] strides = new long[in.length + out.length][];
    for (int k = 0; k < strides.length; k++) {
      // The order of memory is that of the first output, which Loop takes from the last strides.
      View view = k < in.length ? in[k] : out[k - in.length];
      strides[k] = view.layout().strides();
    }
    long[][] ordered = Arrays.copyOf(strides, strides.length + 1);
    ordered[strides.length] = out[0].layout().strides();
    Loop loop = Loop.of(out[0].shape().dims(), ordered);
    Tiles tiles = new Tiles(loop, in, out, rowCount, results, body);
    if (loop.rank() == 1) {
      pool.ranges(tiles.width, cost, tiles::line);
    } else {
      pool.ranges(loop.rows(), tiles.width * cost, tiles::rows);
    }
  }

  /** A range of a single long row. */
  private void line(long from, long to) {
    Blocks blocks = Blocks.own(rowCount);
    long[] loaded = new long[inputs];
    Arrays.fill(loaded, -1);
    for (int at = (int) from; at < to; at += Blocks.LENGTH) {
      int n = (int) Math.min(Blocks.LENGTH, to - at);
      for (int k = 0; k < inputs; k++) {
        int step = (int) loop.stride(k, 0);
        load(blocks.rows[k], k, bases[k] + at * step, 1, n, 0, step, loaded);
      }
      body.run(blocks, blocks.rows, n);
      for (int k = inputs; k < memory.length; k++) {
        int step = (int) loop.stride(k, 0);
        store(blocks.rows[results[k - inputs]], k, bases[k] + at * step, 1, n, 0, step);
      }
    }
  }

  /** A range of rows. */
  private void rows(long from, long to) {
    Blocks blocks = Blocks.own(rowCount);
    long[] loaded = new long[inputs];
    Arrays.fill(loaded, -1);
    int last = loop.rank() - 1;
    long side = loop.length(last - 1);
    int[] at = new int[memory.length];
    for (long row = from; row < to; ) {
      int m = (int) Math.min(perTile, Math.min(side - row % side, to - row));
      for (int k = 0; k < at.length; k++) {
        at[k] = bases[k] + loop.offset(k, row);
      }
      for (int start = 0; start < width; start += chunk) {
        int n = Math.min(chunk, width - start);
        for (int k = 0; k < inputs; k++) {
          int step = (int) loop.stride(k, last);
          int rise = (int) loop.stride(k, last - 1);
          load(blocks.rows[k], k, at[k] + start * step, m, n, rise, step, loaded);
        }
        body.run(blocks, blocks.rows, m * n);
        for (int k = inputs; k < memory.length; k++) {
          int step = (int) loop.stride(k, last);
          int rise = (int) loop.stride(k, last - 1);
          store(blocks.rows[results[k - inputs]], k, at[k] + start * step, m, n, rise, step);
        }
      }
      row += m;
    }
  }

  /** Brings m rows of n elements together; leaves what is there already. */
  private void load(float[] to, int k, int at, int m, int n, int rise, int step, long[] loaded) {
    FloatBuffer from = memory[k];
    if (step == 1 && (m == 1 || rise == n)) {
      from.get(at, to, 0, m * n);
      return;
    }
    boolean stays = rise == 0 && (step == 0 || m > 1);
    long place = ((long) at << 16) + (long) m * n;
    if (stays && loaded[k] == place) {
      return;
    }
    loaded[k] = stays ? place : -1;
    if (step == 0 && rise == 0) {
      Arrays.fill(to, 0, m * n, from.get(at));
      return;
    }
    for (int j = 0; j < m; j++) {
      int start = at + j * rise;
      if (j > 0 && rise == 0) {
        System.arraycopy(to, 0, to, j * n, n);
      } else if (step == 1) {
        from.get(start, to, j * n, n);
      } else if (step == 0) {
        Arrays.fill(to, j * n, (j + 1) * n, from.get(start));
      } else {
        for (int i = 0; i < n; i++) {
          to[j * n + i] = from.get(start + i * step);
        }
      }
    }
  }

  private void store(float[] from, int k, int at, int m, int n, int rise, int step) {
    FloatBuffer to = memory[k];
    if (step == 1 && (m == 1 || rise == n)) {
      to.put(at, from, 0, m * n);
      return;
    }
    for (int j = 0; j < m; j++) {
      int start = at + j * rise;
      if (step == 1) {
        to.put(start, from, j * n, n);
      } else {
        for (int i = 0; i < n; i++) {
          to.put(start + i * step, from[j * n + i]);
        }
      }
    }
  }
}
