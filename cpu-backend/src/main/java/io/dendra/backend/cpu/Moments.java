package io.dendra.backend.cpu;

import java.util.Arrays;

/**
 * Mean and sum of squared distances from it of each channel, gathered in one pass: each block has
 * its own, and they are joined (T. Chan, G. Golub and R. LeVeque, Updating formulae and a pairwise
 * algorithm for computing sample variances, 1979), so that nothing cancels out where the mean is
 * large.
 */
final class Moments {
  /** So many blocks are summed up in float32 before they are joined in float64. */
  private static final int JOINED = 8;

  final double[] mean;
  final double[] squares;
  private long count;

  Moments(int channels) {
    mean = new double[channels];
    squares = new double[channels];
  }

  /** Adds rows whose sums of distances from a centre are given, and of their squares. */
  private void add(float[] center, float[] sums, float[] squaresOfRows, int rows) {
    double share = (double) rows / (count + rows);
    double weight = count * share;
    double perRow = 1.0 / rows;
    for (int c = 0; c < mean.length; c++) {
      double offset = sums[c] * perRow;
      double distance = center[c] + offset - mean[c];
      mean[c] += distance * share;
      squares[c] += squaresOfRows[c] - sums[c] * offset + distance * distance * weight;
    }
    count += rows;
  }

  void add(Moments other) {
    if (other.count == 0) {
      return;
    }
    double share = (double) other.count / (count + other.count);
    double weight = count * share;
    for (int c = 0; c < mean.length; c++) {
      double distance = other.mean[c] - mean[c];
      mean[c] += distance * share;
      squares[c] += other.squares[c] + distance * distance * weight;
    }
    count += other.count;
  }

  /** Of the rows at a place in memory. */
  static Moments of(ChannelRows rows, Cells x) {
    Gathering[] parts = new Gathering[rows.parts()];
    rows.run(
        part -> {
          parts[part] = new Gathering(rows, x);
          return parts[part];
        });
    Moments result = parts[0].finish();
    for (int part = 1; part < parts.length; part++) {
      result.add(parts[part].finish());
    }
    return result;
  }

  /**
   * The moments of one part. Distances are from the mean of the blocks before, so that little
   * cancels out: what does is small beside the distance between the means, which is added.
   */
  private static final class Gathering implements ChannelRows.Block {
    private final ChannelRows rows;
    private final Cells x;
    private final Moments own;
    private final float[] block;
    private final float[] center;
    private final float[] sum;
    private final float[] square;
    private int blocks;
    private int gathered;

    Gathering(ChannelRows rows, Cells x) {
      this.rows = rows;
      this.x = x;
      own = new Moments(rows.channels());
      block = new float[rows.length()];
      center = new float[rows.length()];
      sum = new float[rows.length()];
      square = new float[rows.length()];
    }

    @Override
    public void run(int at, int count) {
      int n = count * rows.channels();
      x.floats().get(x.base + at, block, 0, n);
      if (own.count == 0 && blocks == 0) {
        // The first row is as near to the mean as anything known.
        System.arraycopy(block, 0, center, 0, rows.channels());
        rows.repeat(center.clone(), center, rows.length() / rows.channels());
      }
      distances(block, center, sum, square, n);
      gathered += count;
      if (++blocks == JOINED) {
        join();
      }
    }

    private void join() {
      rows.fold(sum);
      rows.fold(square);
      own.add(center, sum, square, gathered);
      for (int c = 0; c < own.mean.length; c++) {
        center[c] = (float) own.mean[c];
      }
      rows.repeat(center.clone(), center, rows.length() / rows.channels());
      Arrays.fill(sum, 0);
      Arrays.fill(square, 0);
      blocks = 0;
      gathered = 0;
    }

    Moments finish() {
      if (gathered > 0) {
        join();
      }
      return own;
    }
  }

  private static void distances(float[] x, float[] center, float[] sum, float[] square, int n) {
    for (int i = 0; i < n; i++) {
      float distance = x[i] - center[i];
      sum[i] += distance;
      square[i] += distance * distance;
    }
  }
}
