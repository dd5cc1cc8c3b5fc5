package io.dendra.backend.cpu;

import io.dendra.backend.View;

/**
 * The gradients behind a relu at the end of rows of channels, as it lets them through, in blocks:
 * what it gave is in memory, or is computed again from the operand of a line by channel, with the
 * same bits.
 *
 * <p>They are multiplied by 0 or 1, since the JIT compiler has no vector form of a choice: where
 * something is infinite or NaN, so is a sum of what comes out, but not where it should be.
 */
final class ReluGate {
  /** Its square lifts the least float above 1. */
  private static final float LIFT = 1e38f;

  private final ChannelRows rows;
  private final Cells g;
  private final long perImage;
  private final long imageStride;
  private Cells y;
  private float[] factor;
  private float[] shift;

  private ReluGate(ChannelRows rows, View g, long perImage) {
    this.rows = rows;
    this.g = Cells.of(g);
    this.perImage = perImage;
    this.imageStride = g.layout().stride(0);
  }

  /** Whether a gradient is one row of channels for each image. */
  static boolean isPerImage(View g) {
    for (int axis = 2; axis < g.shape().rank(); axis++) {
      if (g.layout().stride(axis) != 0) {
        return false;
      }
    }
    return g.shape().rank() > 2 && g.layout().stride(1) == 1;
  }

  /**
   * Of a gradient in the order of the rows, or of one {@linkplain #isPerImage row per image}.
   *
   * @param images how many images the rows are
   */
  static ReluGate of(ChannelRows rows, View g, long images) {
    return new ReluGate(rows, g, isPerImage(g) ? rows.rows() / images : 0);
  }

  /** Behind a relu that gave y. */
  ReluGate after(Cells given) {
    y = given;
    return this;
  }

  /** Behind a relu of {@code factor x + shift}. */
  ReluGate after(float[] factors, float[] shifts) {
    factor = rows.repeated(factors);
    shift = rows.repeated(shifts);
    return this;
  }

  /** What one thread needs for its blocks. */
  final class Reader {
    private final float[] open = new float[y == null ? 0 : rows.length()];

    /**
     * Reads the gradients of a block.
     *
     * @param x the block's operands of the line
     */
    void read(int at, int count, float[] x, float[] to) {
      int n = count * rows.channels();
      if (perImage == 0) {
        g.floats().get(g.base + at, to, 0, n);
      } else {
        repeat(at / rows.channels(), count, to);
      }
      if (y == null) {
        pass(x, factor, shift, to, n);
      } else {
        y.floats().get(y.base + at, open, 0, n);
        pass(open, to, n);
      }
    }

    private void repeat(long row, int count, float[] to) {
      int channels = rows.channels();
      int done = 0;
      while (done < count) {
        long image = (row + done) / perImage;
        int from = done * channels;
        g.floats().get(g.base + (int) (image * imageStride), to, from, channels);
        int end = (int) Math.min(count, done + perImage - (row + done) % perImage);
        for (int filled = 1; filled < end - done; filled *= 2) {
          int more = Math.min(filled, end - done - filled);
          System.arraycopy(to, from, to, from + filled * channels, more * channels);
        }
        done = end;
      }
    }
  }

  /** The line is as the forward pass computes it; the sum makes zeros positive. */
  private static void pass(float[] x, float[] factor, float[] shift, float[] gradient, int n) {
    for (int i = 0; i < n; i++) {
      float lifted = Math.max(0f, x[i] * factor[i] + shift[i]) * LIFT * LIFT;
      gradient[i] = gradient[i] * Math.min(1f, lifted) + 0f;
    }
  }

  private static void pass(float[] y, float[] gradient, int n) {
    for (int i = 0; i < n; i++) {
      float lifted = Math.max(0f, y[i]) * LIFT * LIFT;
      gradient[i] = gradient[i] * Math.min(1f, lifted) + 0f;
    }
  }
}
