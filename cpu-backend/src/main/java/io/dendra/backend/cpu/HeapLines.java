package io.dendra.backend.cpu;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Java arrays for loops over native memory that read and write many operands: they are copied in
 * and out piece by piece, because the JIT compiler makes vector instructions of loops over arrays
 * but not over buffers, which might overlap.
 */
final class HeapLines {
  /** The length of a line; a dozen of them fit the nearest cache but one. */
  static final int LENGTH = 2048;

  private static final int LINES = 12;

  private final Deque<float[][]> idle = new ArrayDeque<>();

  /** A dozen lines, which hold anything; come back by {@link #giveBack}. */
  float[][] take() {
    synchronized (idle) {
      float[][] lines = idle.pollFirst();
      if (lines != null) {
        return lines;
      }
    }
    return new float[LINES][LENGTH];
  }

  void giveBack(float[][] lines) {
    synchronized (idle) {
      idle.addFirst(lines);
    }
  }
}
