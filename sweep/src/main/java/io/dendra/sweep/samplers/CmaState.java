package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/**
 * The normal distribution that CMA-ES draws from, after some generations (N. Hansen, "The CMA
 * evolution strategy: a tutorial", 2016). It does not change: a generation makes another.
 *
 * <p>The deviation of a coordinate is {@code size * scales * sqrt(covariance)}, where the scales
 * are 1 but for those of numbers with gaps, which {@link CmaMargin} keeps from freezing.
 */
final class CmaState {
  private static final double LEAST = 1e-8;

  final int generation;
  final double[] mean;
  final double size;
  final double[][] covariance;
  final double[] scales;
  private final double[] path;
  private final double[] sizePath;

  /** Square roots of the eigenvalues of the covariance. */
  private final double[] lengths;

  private final double[][] axes;

  /** Before the first generation. */
  CmaState(double[] mean, double size) {
    this(
        0,
        mean,
        size,
        identity(mean.length),
        ones(mean.length),
        new double[mean.length],
        new double[mean.length]);
  }

  private CmaState(
      int generation,
      double[] mean,
      double size,
      double[][] covariance,
      double[] scales,
      double[] path,
      double[] sizePath) {
    this.generation = generation;
    this.mean = mean;
    this.size = size;
    this.scales = scales;
    this.path = path;
    this.sizePath = sizePath;
    SymmetricEigen eigen = SymmetricEigen.of(covariance);
    this.axes = eigen.vectors();
    this.lengths = new double[mean.length];
    boolean repaired = false;
    for (int i = 0; i < lengths.length; i++) {
      double value = eigen.values()[i];
      repaired |= value < 0;
      lengths[i] = Math.sqrt(value < 0 ? LEAST : value);
    }
    this.covariance = repaired ? composed(axes, lengths) : covariance;
  }

  /** The same with its mean and scales moved. */
  CmaState moved(double[] newMean, double[] newScales) {
    return new CmaState(generation, newMean, size, covariance, newScales, path, sizePath);
  }

  /** A point of the distribution. */
  double[] draw(RandomStream random) {
    int n = mean.length;
    double[] point = mean.clone();
    for (int j = 0; j < n; j++) {
      double z = random.nextGaussian() * lengths[j] * size;
      for (int i = 0; i < n; i++) {
        point[i] += scales[i] * axes[i][j] * z;
      }
    }
    return point;
  }

  /** The deviation of a coordinate. */
  double deviation(int coordinate) {
    return size * scales[coordinate] * Math.sqrt(covariance[coordinate][coordinate]);
  }

  /**
   * The distribution after a generation.
   *
   * @param points from the best to the worst, at least 2
   */
  CmaState next(List<double[]> points) {
    int n = mean.length;
    CmaConstants c = CmaConstants.of(n, points.size());
    double[][] steps = new double[points.size()][n];
    double[] step = new double[n];
    for (int k = 0; k < points.size(); k++) {
      for (int i = 0; i < n; i++) {
        steps[k][i] = (points.get(k)[i] - mean[i]) / (size * scales[i]);
        step[i] += k < c.parents() ? c.weights()[k] * steps[k][i] : 0;
      }
    }
    double[] newMean = new double[n];
    double[] white = whitened(step);
    double[] newSizePath = new double[n];
    double sizeStep = Math.sqrt(c.sizeRate() * (2 - c.sizeRate()) * c.mass());
    double square = 0;
    for (int i = 0; i < n; i++) {
      newMean[i] = mean[i] + size * scales[i] * step[i];
      newSizePath[i] = (1 - c.sizeRate()) * sizePath[i] + sizeStep * white[i];
      square += newSizePath[i] * newSizePath[i];
    }
    double length = Math.sqrt(square);
    double growth = c.sizeRate() / c.damping() * (length / c.expectedLength() - 1);
    double newSize = Math.min(size * StrictMath.exp(growth), 1e32);
    double settled = Math.sqrt(1 - StrictMath.pow(1 - c.sizeRate(), 2.0 * (generation + 2)));
    boolean stalls = length / settled >= (1.4 + 2.0 / (n + 1)) * c.expectedLength();
    double[] newPath = new double[n];
    double pathStep = stalls ? 0 : Math.sqrt(c.pathRate() * (2 - c.pathRate()) * c.mass());
    for (int i = 0; i < n; i++) {
      newPath[i] = (1 - c.pathRate()) * path[i] + pathStep * step[i];
    }
    return new CmaState(
        generation + 1,
        newMean,
        newSize,
        adapted(c, steps, newPath, stalls),
        scales,
        newPath,
        newSizePath);
  }

  private double[][] adapted(CmaConstants c, double[][] steps, double[] newPath, boolean stalls) {
    int n = mean.length;
    double sum = 0;
    double[] weights = c.weights().clone();
    for (int k = 0; k < weights.length; k++) {
      sum += weights[k];
      if (weights[k] < 0) {
        double norm = 0;
        for (double x : whitened(steps[k])) {
          norm += x * x;
        }
        weights[k] *= n / (norm + LEAST);
      }
    }
    double lost = stalls ? c.pathRate() * (2 - c.pathRate()) : 0;
    double kept = 1 + c.rankOne() * lost - c.rankOne() - c.rankMany() * sum;
    double[][] adapted = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double value = kept * covariance[i][j] + c.rankOne() * newPath[i] * newPath[j];
        for (int k = 0; k < weights.length; k++) {
          value += c.rankMany() * weights[k] * steps[k][i] * steps[k][j];
        }
        adapted[i][j] = value;
        adapted[j][i] = value;
      }
    }
    return adapted;
  }

  /** A step in coordinates in which the distribution is standard normal. */
  private double[] whitened(double[] step) {
    int n = step.length;
    double[] white = new double[n];
    for (int j = 0; j < n; j++) {
      double along = 0;
      for (int i = 0; i < n; i++) {
        along += axes[i][j] * step[i];
      }
      along /= Math.max(lengths[j], 1e-300);
      for (int i = 0; i < n; i++) {
        white[i] += axes[i][j] * along;
      }
    }
    return white;
  }

  /** Whether it has shrunk so far, or become so narrow, that nothing is left to be found. */
  boolean hasConverged(double firstSize) {
    double longest = 0;
    double shortest = Double.POSITIVE_INFINITY;
    double reach = 0;
    for (int i = 0; i < mean.length; i++) {
      longest = Math.max(longest, lengths[i]);
      shortest = Math.min(shortest, lengths[i]);
      reach = Math.max(reach, Math.max(deviation(i), size * Math.abs(path[i])));
    }
    return reach < 1e-11 * firstSize || longest > 1e7 * shortest || size > 1e4 * firstSize;
  }

  private static double[][] composed(double[][] axes, double[] lengths) {
    int n = lengths.length;
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          matrix[i][j] += axes[i][k] * lengths[k] * lengths[k] * axes[j][k];
        }
      }
    }
    return matrix;
  }

  private static double[][] identity(int n) {
    double[][] identity = new double[n][n];
    for (int i = 0; i < n; i++) {
      identity[i][i] = 1;
    }
    return identity;
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
