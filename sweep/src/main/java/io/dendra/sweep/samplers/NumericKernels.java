package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Arrays;

/**
 * Normal distributions around observed places of the unit interval, cut off at its ends. Each is as
 * wide as the way to its farther neighbour (J. Bergstra et al., "Algorithms for hyper-parameter
 * optimization", 2011). The last kernel is the prior: in the middle, as wide as the interval.
 *
 * <p>Of values with gaps, a density is the probability of the part of the interval that gives a
 * value.
 */
final class NumericKernels implements KernelAxis {
  private static final double LOG_SQRT_2_PI = 0.5 * StrictMath.log(2 * Math.PI);
  private static final double LEAST_WIDTH = 1e-12;

  /** In narrower parts the density hardly changes. */
  private static final double NARROW = 1e-4;

  private final Distribution distribution;
  private final boolean stepped;
  private final double[] means;
  private final double[] widths;
  private final double[] constants;

  /** Kernels of equal mean and width share a number: they have the same probabilities. */
  private final int[] shared;

  private double[] places;
  private double[] lower;
  private double[] upper;
  private double[][] memo;

  NumericKernels(Distribution distribution, double[] column, TpeOptions options) {
    this.distribution = distribution;
    this.stepped = UnitInterval.isStepped(distribution);
    int count = column.length;
    this.means = Arrays.copyOf(column, count + 1);
    this.means[count] = 0.5;
    this.widths = new double[count + 1];
    this.widths[count] = 1;
    this.shared = new int[count + 1];
    this.shared[count] = count;
    setWidths(options);
    this.constants = new double[count + 1];
    setConstants();
  }

  /** Logarithms take most of the time, and kernels often have a width in common. */
  private void setConstants() {
    double width = 1;
    double logWidth = 0;
    int[] firsts = new int[means.length];
    for (int k = 0; k < means.length; k++) {
      int first = firsts[shared[k]] - 1;
      if (first >= 0) {
        constants[k] = constants[first];
        continue;
      }
      firsts[shared[k]] = k + 1;
      double mass = NormalDistribution.logMass(-means[k] / widths[k], (1 - means[k]) / widths[k]);
      if (!stepped && widths[k] != width) {
        width = widths[k];
        logWidth = StrictMath.log(width);
      }
      constants[k] = stepped ? -mass : -mass - logWidth - LOG_SQRT_2_PI;
    }
  }

  private void setWidths(TpeOptions options) {
    int count = means.length - 1;
    double least = options.hasMagicClip() ? 1 / Math.min(100.0, count + 2.0) : LEAST_WIDTH;
    double[] sorted = Arrays.copyOf(means, count);
    Arrays.sort(sorted);
    int[] taken = new int[count];
    for (int k = 0; k < count; k++) {
      int first = firstOf(sorted, means[k]);
      int place = first + taken[first]++;
      double left = means[k] - (place == 0 ? 0 : sorted[place - 1]);
      double right = (place == count - 1 ? 1 : sorted[place + 1]) - means[k];
      if (!options.considersEndpoints() && count > 1) {
        left = place == 0 ? 0 : left;
        right = place == count - 1 ? 0 : right;
      }
      widths[k] = Math.min(Math.max(Math.max(left, right), least), 1);
      boolean amidEquals = place > first && place < count - 1 && sorted[place + 1] == sorted[place];
      shared[k] = amidEquals ? first + 1 : place;
    }
  }

  private static int firstOf(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public double constant(int kernel) {
    return constants[kernel];
  }

  @Override
  public void prepare(double[] internals) {
    int count = internals.length;
    places = new double[count];
    Arrays.setAll(places, i -> UnitInterval.toUnit(distribution, internals[i]));
    if (!stepped) {
      return;
    }
    lower = new double[count];
    upper = new double[count];
    memo = new double[count][];
    for (int i = 0; i < count; i++) {
      lower[i] = UnitInterval.edge(distribution, internals[i], -0.5);
      upper[i] = UnitInterval.edge(distribution, internals[i], 0.5);
      for (int j = 0; j < i && memo[i] == null; j++) {
        memo[i] = internals[j] == internals[i] ? memo[j] : null;
      }
      if (memo[i] == null) {
        memo[i] = new double[means.length];
        Arrays.fill(memo[i], Double.NaN);
      }
    }
  }

  @Override
  public double term(int kernel, int candidate) {
    if (!stepped) {
      double z = (places[candidate] - means[kernel]) / widths[kernel];
      return -0.5 * z * z;
    }
    double[] known = memo[candidate];
    int number = shared[kernel];
    double mass = known[number];
    if (Double.isNaN(mass)) {
      mass = mass(kernel, candidate);
      known[number] = mass;
    }
    return mass;
  }

  private double mass(int kernel, int candidate) {
    double width = widths[kernel];
    double mean = means[kernel];
    double part = upper[candidate] - lower[candidate];
    if (part < NARROW) {
      double z = (places[candidate] - mean) / width;
      return -0.5 * z * z - LOG_SQRT_2_PI + StrictMath.log(part / width);
    }
    return NormalDistribution.logMass(
        (lower[candidate] - mean) / width, (upper[candidate] - mean) / width);
  }

  @Override
  public double draw(int kernel, double uniform) {
    double width = widths[kernel];
    double mean = means[kernel];
    double z = NormalDistribution.truncatedQuantile(-mean / width, (1 - mean) / width, uniform);
    return UnitInterval.fromUnit(distribution, Math.min(Math.max(mean + z * width, 0), 1));
  }
}
