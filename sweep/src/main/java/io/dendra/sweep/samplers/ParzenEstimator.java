package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.util.Collection;

/**
 * A density over a space: a mixture with a kernel for each observation and one for the prior, each
 * the product of kernels of the dimensions (S. Falkner et al., "BOHB", 2018; S. Watanabe,
 * "Tree-structured Parzen estimator", 2023).
 *
 * <p>Densities are those of the unit cube. An estimator belongs to one thread.
 */
final class ParzenEstimator {
  /** Kernels that add less than this much of another, in logarithms, change no digit. */
  private static final double NEGLIGIBLE = 38;

  private final KernelAxis[] axes;
  private final double[] weights;
  private final double[] constants;

  ParzenEstimator(
      Collection<Distribution> space, Observations seen, double[] weights, TpeOptions options) {
    this.weights = weights;
    this.axes = new KernelAxis[space.size()];
    int d = 0;
    for (Distribution distribution : space) {
      axes[d] =
          distribution instanceof CategoricalDistribution categorical
              ? new CategoricalKernels(
                  seen.columns()[d], categorical.choices().size(), options.priorWeight())
              : new NumericKernels(distribution, seen, d, options);
      d++;
    }
    this.constants = new double[weights.length];
    double logWeight = 0;
    for (int k = 0; k < weights.length; k++) {
      if (k == 0 || weights[k] != weights[k - 1]) {
        logWeight = StrictMath.log(weights[k]);
      }
      double sum = logWeight;
      for (KernelAxis axis : axes) {
        sum += axis.constant(k);
      }
      constants[k] = sum;
    }
  }

  /** Draws points: a row for each dimension, in the form of {@link Distribution#encode}. */
  double[][] draw(RandomStream random, int count) {
    double[] cumulative = new double[weights.length];
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      sum += weights[k];
      cumulative[k] = sum;
    }
    double[][] points = new double[axes.length][count];
    for (int i = 0; i < count; i++) {
      int kernel = firstAbove(cumulative, random.nextDouble() * sum);
      for (int d = 0; d < axes.length; d++) {
        points[d][i] = axes[d].draw(kernel, random.nextDouble());
      }
    }
    return points;
  }

  private static int firstAbove(double[] cumulative, double value) {
    int k = 0;
    while (k < cumulative.length - 1 && cumulative[k] <= value) {
      k++;
    }
    return k;
  }

  /** The logarithm of the density at each point. */
  double[] logDensities(double[][] points) {
    for (int d = 0; d < axes.length; d++) {
      axes[d].prepare(points[d]);
    }
    double[] densities = new double[points[0].length];
    double[] sums = new double[weights.length];
    for (int i = 0; i < densities.length; i++) {
      densities[i] = logDensity(i, sums);
    }
    return densities;
  }

  private double logDensity(int point, double[] sums) {
    int prior = weights.length - 1;
    double first = constants[prior];
    for (KernelAxis axis : axes) {
      first += axis.term(prior, point);
    }
    System.arraycopy(constants, 0, sums, 0, sums.length);
    for (KernelAxis axis : axes) {
      axis.addTerms(point, sums, first - NEGLIGIBLE);
    }
    double largest = first;
    int kept = 0;
    for (int k = 0; k < prior; k++) {
      double sum = sums[k];
      if (sum > largest - NEGLIGIBLE) {
        sums[kept++] = sum;
        largest = Math.max(largest, sum);
      }
    }
    double total = StrictMath.exp(first - largest);
    for (int k = 0; k < kept; k++) {
      total += StrictMath.exp(sums[k] - largest);
    }
    return StrictMath.log(total) + largest;
  }
}
