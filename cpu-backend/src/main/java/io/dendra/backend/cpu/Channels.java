package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.nio.FloatBuffer;

/**
 * A row-major image batch in memory as {@code outer} times {@code channels} times {@code inner}.
 * Walks it in parts of the outermost dimension, whose sums are added in order.
 */
final class Channels {
  private static final int COST = 3;

  private final CpuPool pool;
  private final long outer;
  private final int channels;
  private final int inner;

  private Channels(CpuPool pool, long outer, int channels, int inner) {
    this.pool = pool;
    this.outer = outer;
    this.channels = channels;
    this.inner = inner;
  }

  /** The channels of a row-major view. */
  static Channels of(CpuPool pool, View view) {
    long size = view.layout().size();
    int channels = (int) view.shape().dim(1);
    long batch = view.shape().dim(0);
    return new Channels(pool, batch, channels, (int) (size / Math.max(1, batch * channels)));
  }

  /** Whether the channels are the innermost dimension of a dense row-major order. */
  static boolean areLast(View view) {
    Layout layout = view.layout();
    int rank = layout.rank();
    int[] order = new int[rank];
    for (int i = 1; i < rank - 1; i++) {
      order[i] = i + 1;
    }
    order[rank - 1] = 1;
    return layout.permute(order).isContiguous();
  }

  int count() {
    return channels;
  }

  long perChannel() {
    return outer * inner;
  }

  /** Adds up the {@code n} elements of channel c from {@code at}. */
  private interface RowSum {
    void add(int at, int n, int c, double[] first, double[] second);
  }

  private double[][] sums(RowSum body) {
    int parts = pool.parts(Math.max(1, outer), outer * channels * inner * COST);
    double[][] first = new double[parts][channels];
    double[][] second = new double[parts][channels];
    pool.run(
        parts,
        part -> {
          for (long row = outer * part / parts; row < outer * (part + 1) / parts; row++) {
            int at = (int) (row * channels * inner);
            for (int c = 0; c < channels; c++) {
              body.add(at + c * inner, inner, c, first[part], second[part]);
            }
          }
        });
    for (int part = 1; part < parts; part++) {
      for (int c = 0; c < channels; c++) {
        first[0][c] += first[part][c];
        second[0][c] += second[part][c];
      }
    }
    return new double[][] {first[0], second[0]};
  }

  /** {@code Σ x} of each channel. */
  double[] sums(FloatBuffer x, int base) {
    return sums(
        (at, n, c, sum, none) -> {
          double total = 0;
          for (int i = 0; i < n; i++) {
            total += x.get(base + at + i);
          }
          sum[c] += total;
        })[0];
  }

  /** {@code Σ (x - mean)²} of each channel. */
  double[] squares(FloatBuffer x, int base, double[] mean) {
    return sums(
        (at, n, c, sum, none) -> {
          double total = 0;
          double center = mean[c];
          for (int i = 0; i < n; i++) {
            double distance = x.get(base + at + i) - center;
            total += distance * distance;
          }
          sum[c] += total;
        })[0];
  }

  /** {@code Σ g} and {@code Σ g (x - mean)} of each channel. */
  double[][] products(FloatBuffer x, int base, FloatBuffer g, int gradientBase, double[] mean) {
    return sums(
        (at, n, c, sum, product) -> {
          double total = 0;
          double products = 0;
          double center = mean[c];
          for (int i = 0; i < n; i++) {
            double gradient = g.get(gradientBase + at + i);
            total += gradient;
            products += gradient * (x.get(base + at + i) - center);
          }
          sum[c] += total;
          product[c] += products;
        });
  }

  /** {@code y = factor x + shift}, by channel. */
  void affine(FloatBuffer x, int base, float[] factor, float[] shift, FloatBuffer y, int to) {
    pool.ranges(
        outer,
        (long) channels * inner * COST,
        (from, end) -> {
          for (long row = from; row < end; row++) {
            int at = (int) (row * channels * inner);
            for (int c = 0; c < channels; c++, at += inner) {
              float f = factor[c];
              float s = shift[c];
              for (int i = 0; i < inner; i++) {
                y.put(to + at + i, x.get(base + at + i) * f + s);
              }
            }
          }
        });
  }

  /** {@code d = a g + b x + k}, by channel. */
  void combine(
      FloatBuffer g,
      int gradientBase,
      float[] a,
      FloatBuffer x,
      int base,
      float[] b,
      float[] k,
      FloatBuffer d,
      int to) {
    pool.ranges(
        outer,
        (long) channels * inner * COST,
        (from, end) -> {
          for (long row = from; row < end; row++) {
            int at = (int) (row * channels * inner);
            for (int c = 0; c < channels; c++, at += inner) {
              for (int i = 0; i < inner; i++) {
                float value = a[c] * g.get(gradientBase + at + i) + b[c] * x.get(base + at + i);
                d.put(to + at + i, value + k[c]);
              }
            }
          }
        });
  }
}
