package io.dendra.backend.cpu;

import java.nio.FloatBuffer;

/**
 * Arrays of one thread through which float32 loops pass their operands in blocks: over arrays the
 * JIT compiler uses vector instructions, square roots and divisions included.
 */
final class Blocks {
  static final int LENGTH = 1024;

  private static final int COUNT = 8;
  private static final ThreadLocal<Blocks> OWN = ThreadLocal.withInitial(Blocks::new);

  final float[][] rows = new float[COUNT][LENGTH];

  private Blocks() {}

  static Blocks own() {
    return OWN.get();
  }

  /** Fills one array from memory. */
  float[] load(int row, FloatBuffer from, int at, int n) {
    from.get(at, rows[row], 0, n);
    return rows[row];
  }
}
