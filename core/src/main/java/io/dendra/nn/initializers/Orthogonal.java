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
    double[][] vectors = orthonormal(key, Math.min(rows, columns), Math.max(rows, columns));
    double[] values = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = gain * (wide ? vectors[i][j] : vectors[j][i]);
      }
    }
    return Tensor.of(NDArray.of(values, shape.dims()).as(dtype), device);
  }

  /**
   * Modified Gram-Schmidt of normal draws. The diagonal of the triangular factor is positive, which
   * makes the result uniform among the orthogonal matrices.
   */
  private static double[][] orthonormal(RandomKey key, int count, int length) {
    RandomStream random = new RandomStream(key);
    double[][] vectors = new double[count][length];
    for (double[] vector : vectors) {
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    for (int i = 0; i < count; i++) {
      double norm = Math.sqrt(dot(vectors[i], vectors[i]));
      for (int k = 0; k < length; k++) {
        vectors[i][k] /= norm;
      }
      for (int j = i + 1; j < count; j++) {
        double share = dot(vectors[i], vectors[j]);
        for (int k = 0; k < length; k++) {
          vectors[j][k] -= share * vectors[i][k];
        }
      }
    }
    return vectors;
  }

  /** Four sums, because one would wait for each addition. */
  private static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
