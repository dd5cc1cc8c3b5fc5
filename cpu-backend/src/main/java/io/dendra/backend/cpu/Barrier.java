package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Booleans that say which keys a query may attend to. */
final class Barrier {
  private final Cells allowed;
  private final long[] strides;
  private final int keys;

  /**
   * The barrier of a mask.
   *
   * @param mask booleans that broadcast to the shape of the scores
   * @param scores {@code [batch, heads, queries, keys]}
   */
  Barrier(View mask, Shape scores) {
    this.allowed = Cells.of(mask);
    this.strides = mask.layout().expand(scores).strides();
    this.keys = Math.toIntExact(scores.dim(3));
  }

  /** Sets what is barred in the row-major scores of some queries from {@code at} on. */
  void bar(
      long batch, long head, long first, long queries, FloatBuffer scores, int at, float value) {
    ByteBuffer bytes = allowed.memory.bytes;
    int step = (int) strides[3];
    for (int r = 0; r < queries; r++) {
      long from = batch * strides[0] + head * strides[1] + (first + r) * strides[2];
      int p = (int) (allowed.base + from);
      int q = at + r * keys;
      for (int i = 0; i < keys; i++) {
        if (bytes.get(p + i * step) == 0) {
          scores.put(q + i, value);
        }
      }
    }
  }
}
