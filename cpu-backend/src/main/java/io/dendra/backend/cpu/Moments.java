package io.dendra.backend.cpu;

/**
 * Mean and sum of squared distances from it of each channel, gathered in one pass: each block has
 * its own, and they are joined (T. Chan, G. Golub and R. LeVeque, Updating formulae and a pairwise
 * algorithm for computing sample variances, 1979), so that nothing cancels out where the mean is
 * large.
 */
final class Moments {
  final double[] mean;
  final double[] squares;
  private long count;

  Moments(int channels) {
    mean = new double[channels];
    squares = new double[channels];
  }

  /** Adds a block whose sums and squared distances from the mean are given. */
  void add(float[] sums, float[] squaresOfBlock, int rows) {
    double share = (double) rows / (count + rows);
    double weight = count * share;
    double perRow = 1.0 / rows;
    for (int c = 0; c < mean.length; c++) {
      double distance = sums[c] * perRow - mean[c];
      mean[c] += distance * share;
      squares[c] += squaresOfBlock[c] + distance * distance * weight;
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
    Moments[] parts = new Moments[rows.parts()];
    rows.run(
        part -> {
          Moments own = new Moments(rows.channels());
          parts[part] = own;
          float[] block = new float[rows.length()];
          float[] work = new float[rows.length()];
          float[] center = new float[rows.channels()];
          return (at, count) -> {
            int n = count * rows.channels();
            x.floats().get(x.base + at, block, 0, n);
            System.arraycopy(block, 0, work, 0, n);
            rows.fold(work, count);
            System.arraycopy(work, 0, center, 0, center.length);
            float[] sums = center.clone();
            scale(center, 1f / count);
            rows.repeat(center, work, count);
            distances(block, work, n);
            rows.fold(block, count);
            own.add(sums, block, count);
          };
        });
    Moments result = parts[0];
    for (int part = 1; part < parts.length; part++) {
      result.add(parts[part]);
    }
    return result;
  }

  private static void scale(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static void distances(float[] x, float[] center, int n) {
    for (int i = 0; i < n; i++) {
      float distance = x[i] - center[i];
      x[i] = distance * distance;
    }
  }
}
