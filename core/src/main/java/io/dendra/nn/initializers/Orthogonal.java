package io.dendra.nn.initializers;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.serialization.Configured;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * A random matrix with orthonormal columns, or rows where those are fewer, times a gain (A. Saxe et
 * al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2013).
 * All dimensions but the last count as rows.
 */
record Orthogonal(double gain) implements Initializer, Configured {
  /** Columns made orthonormal together: their shares of a wide matrix stay in the cache. */
  private static final int BLOCK = 32;

  @Override
  public Map<String, Object> settings() {
    return Map.of("gain", gain);
  }

  @Override
  public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "orthogonal draws weights of at least 2 dimensions, given shape " + shape);
    }
    int columns = Math.toIntExact(shape.dim(-1));
    int rows = Math.toIntExact(shape.slice(0, shape.rank() - 1).size());
    boolean wide = rows < columns;
    double[][] basis = orthonormal(key, Math.min(rows, columns), Math.max(rows, columns));
    double[] values = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = gain * (wide ? basis[j][i] : basis[i][j]);
      }
    }
    return Tensor.of(NDArray.of(values, shape.dims()).as(dtype), device);
  }

  /**
   * Orthonormal columns by modified Gram-Schmidt of normal draws, a block of columns at a time. The
   * diagonal of the triangular factor is positive, which makes the result uniform among the
   * orthogonal matrices. Every sum runs along rows, where the JIT uses vector instructions.
   *
   * @return at least {@code length} rows of {@code count} values; the rows beyond are zero
   */
  private static double[][] orthonormal(RandomKey key, int count, int length) {
    double[][] a = new double[(length + 3) / 4 * 4][count];
    RandomStream random = new RandomStream(key);
    for (int j = 0; j < count; j++) {
      for (int i = 0; i < length; i++) {
        a[i][j] = random.nextGaussian();
      }
    }
    for (int start = 0; start < count; start += BLOCK) {
      int end = Math.min(start + BLOCK, count);
      for (int j = start; j < end; j++) {
        orthogonalizeWithin(a, j, end);
      }
      if (end < count) {
        removeFromRest(a, start, end);
      }
    }
    return a;
  }

  /** Gives column {@code j} unit length, and takes its share out of the columns up to the end. */
  private static void orthogonalizeWithin(double[][] a, int j, int end) {
    double[] shares = new double[end - j];
    for (double[] row : a) {
      for (int c = j; c < end; c++) {
        shares[c - j] += row[j] * row[c];
      }
    }
    double norm = Math.sqrt(shares[0]);
    for (double[] row : a) {
      double unit = row[j] / norm;
      for (int c = j + 1; c < end; c++) {
        row[c] -= unit * (shares[c - j] / norm);
      }
      row[j] = unit;
    }
  }

  /** Takes the shares of a full block of orthonormal columns out of all columns after it. */
  private static void removeFromRest(double[][] a, int start, int end) {
    double[][] shares = new double[BLOCK][a[0].length];
    for (int k = 0; k < a.length; k += 4) {
      for (int c = start; c < end; c++) {
        double[] r = {a[k][c], a[k + 1][c], a[k + 2][c], a[k + 3][c]};
        add(shares[c - start], end, r, a, k);
      }
    }
    for (double[] row : a) {
      for (int c = start; c < end; c += 4) {
        double[] r = {-row[c], -row[c + 1], -row[c + 2], -row[c + 3]};
        add(row, end, r, shares, c - start);
      }
    }
  }

  /** Adds four rows, each times its factor, from a column on: one store for four products. */
  private static void add(double[] sum, int from, double[] factors, double[][] rows, int first) {
    double f0 = factors[0];
    double f1 = factors[1];
    double f2 = factors[2];
    double f3 = factors[3];
    double[] r0 = rows[first];
    double[] r1 = rows[first + 1];
    double[] r2 = rows[first + 2];
    double[] r3 = rows[first + 3];
    for (int i = from; i < sum.length; i++) {
      sum[i] += (f0 * r0[i] + f1 * r1[i]) + (f2 * r2[i] + f3 * r3[i]);
    }
  }
}
