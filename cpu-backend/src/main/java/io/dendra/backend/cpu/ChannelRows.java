package io.dendra.backend.cpu;

import java.nio.FloatBuffer;

/**
 * Rows of channels, one behind the other in memory, in blocks of a power of two of rows that fit
 * into the first cache. Numbers of channels are repeated over a block, so that every loop is one
 * long one, which the JIT compiler turns into vector instructions.
 */
final class ChannelRows {
  /** So short that the ten arrays of a pass fit into the first cache together. */
  private static final int LENGTH = 512;

  private static final int SUMMED = 4096;
  private static final int COST = 2;

  private final CpuPool pool;
  private final long rows;
  private final int channels;
  private final int blockRows;
  private final int parts;

  ChannelRows(CpuPool pool, long rows, int channels) {
    this.pool = pool;
    this.rows = rows;
    this.channels = channels;
    this.blockRows = Integer.highestOneBit(Math.max(1, LENGTH / Math.max(1, channels)));
    this.parts = pool.parts(Math.max(1, rows), rows * channels * COST);
  }

  int channels() {
    return channels;
  }

  long rows() {
    return rows;
  }

  int parts() {
    return parts;
  }

  /** The length of the arrays that a block needs. */
  int length() {
    return blockRows * channels;
  }

  /** Works on a block of some rows that begins at a place. */
  interface Block {
    void run(int at, int rows);
  }

  /** Makes what works on the blocks of a part; it may have arrays of its own. */
  interface Part {
    Block begin(int part);
  }

  void run(Part body) {
    pool.run(
        parts,
        part -> {
          long end = rows * (part + 1) / parts;
          long row = rows * part / parts;
          Block block = body.begin(part);
          while (row < end) {
            int count = (int) Math.min(blockRows, Long.highestOneBit(end - row));
            block.run(Math.toIntExact(row * channels), count);
            row += count;
          }
        });
  }

  /** The numbers of the channels, once for each row of a block. */
  float[] repeated(float[] perChannel) {
    float[] result = new float[length()];
    repeat(perChannel, result, blockRows);
    return result;
  }

  /** Writes the numbers of the channels once for each row. */
  void repeat(float[] perChannel, float[] to, int count) {
    System.arraycopy(perChannel, 0, to, 0, channels);
    int end = count * channels;
    for (int done = channels; done < end; done *= 2) {
      System.arraycopy(to, 0, to, done, Math.min(done, end - done));
    }
  }

  /** Adds rows that lie one behind the other to the sums of their columns. */
  static void sum(FloatBuffer x, int at, int rows, double[] sums) {
    int channels = sums.length;
    int most = Integer.highestOneBit(Math.max(1, SUMMED / channels));
    float[] block = HeapArrays.floats(Math.min(most, Integer.highestOneBit(rows)) * channels);
    int row = 0;
    while (row < rows) {
      int count = Math.min(most, Integer.highestOneBit(rows - row));
      x.get(at + row * channels, block, 0, count * channels);
      for (int half = count / 2; half > 0; half /= 2) {
        addUpper(block, half * channels);
      }
      for (int c = 0; c < channels; c++) {
        sums[c] += block[c];
      }
      row += count;
    }
    HeapArrays.giveBack(block);
  }

  /** Adds up the rows of a full block in its first row. */
  void fold(float[] block) {
    for (int half = blockRows / 2; half > 0; half /= 2) {
      addUpper(block, half * channels);
    }
  }

  private static void addUpper(float[] block, int n) {
    for (int i = 0; i < n; i++) {
      block[i] += block[n + i];
    }
  }
}
