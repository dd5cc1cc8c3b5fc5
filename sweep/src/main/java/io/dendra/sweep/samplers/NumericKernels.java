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
  private final double[] inverseWidths;
  private final double[] constants;

  /** Kernels of equal mean and width share a number: they have the same probabilities. */
  private final int[] shared;

  private final int different;
  private final MassMemo masses;

  private double[] places;
  private double[] lower;
  private double[] upper;
  private double[][] memo;

  NumericKernels(Distribution distribution, Observations seen, int dimension, TpeOptions options) {
    this.distribution = distribution;
    this.stepped = UnitInterval.isStepped(distribution);
    int count = seen.count();
    this.means = Arrays.copyOf(seen.columns()[dimension], count + 1);
    this.means[count] = 0.5;
    this.widths = new double[count + 1];
    this.widths[count] = 1;
    this.shared = new int[count + 1];
    int[] order = seen.orders()[dimension];
    this.different = setWidths(order, options);
    this.masses = seen.memos()[dimension].masses;
    this.inverseWidths = new double[stepped ? count + 1 : 0];
    Arrays.setAll(inverseWidths, k -> 1 / widths[k]);
    this.constants = new double[count + 1];
    setConstants(order, seen.numbers(), seen.memos()[dimension]);
  }

  /** The way to the farther neighbour; gives the number of kernels that differ. */
  private int setWidths(int[] order, TpeOptions options) {
    int count = order.length;
    double least = options.hasMagicClip() ? 1 / Math.min(100.0, count + 2.0) : LEAST_WIDTH;
    boolean toBounds = options.considersEndpoints() || count <= 1;
    int numbers = 0;
    double before = 0;
    boolean wasAmid = false;
    for (int place = 0; place < count; place++) {
      int k = order[place];
      double mean = means[k];
      boolean isLast = place == count - 1;
      double after = isLast ? 1 : means[order[place + 1]];
      double left = place == 0 && !toBounds ? 0 : mean - before;
      double right = isLast && !toBounds ? 0 : after - mean;
      widths[k] = Math.min(Math.max(Math.max(left, right), least), 1);
      boolean isAmid = place > 0 && !isLast && before == mean && after == mean;
      shared[k] = isAmid && wasAmid ? numbers - 1 : numbers++;
      wasAmid = isAmid;
      before = mean;
    }
    shared[count] = numbers++;
    return numbers;
  }

  /** Logarithms take most of the time, and kernels often have a width in common. */
  private void setConstants(int[] order, int[] numbers, KernelMemo memo) {
    double width = 1;
    double logWidth = 0;
    int last = -1;
    for (int place = 0; place <= order.length; place++) {
      int k = place < order.length ? order[place] : order.length;
      if (last >= 0 && shared[k] == shared[last]) {
        constants[k] = constants[last];
        continue;
      }
      last = k;
      int number = place < order.length ? numbers[k] : -1;
      double known = memo.get(number, widths[k]);
      if (!Double.isNaN(known)) {
        constants[k] = known;
        continue;
      }
      double mass = NormalDistribution.logMass(-means[k] / widths[k], (1 - means[k]) / widths[k]);
      if (!stepped && widths[k] != width) {
        width = widths[k];
        logWidth = StrictMath.log(width);
      }
      constants[k] = stepped ? -mass : -mass - logWidth - LOG_SQRT_2_PI;
      memo.put(number, widths[k], constants[k]);
    }
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
        memo[i] = new double[different];
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

  @Override
  public void addTerms(int candidate, double[] sums, double bound) {
    if (stepped) {
      addMasses(candidate, sums, bound);
      return;
    }
    double place = places[candidate];
    for (int k = 0; k < sums.length; k++) {
      double z = (place - means[k]) / widths[k];
      sums[k] += -0.5 * z * z;
    }
  }

  /** Beyond an end that is {@code z} deviations away lies less than {@code exp(-z * z / 2)}. */
  private void addMasses(int candidate, double[] sums, double bound) {
    double low = lower[candidate];
    double high = upper[candidate];
    for (int k = 0; k < sums.length; k++) {
      if (!(sums[k] > bound)) {
        continue;
      }
      double mean = means[k];
      double distance = low > mean ? low - mean : mean - high;
      double away = distance * inverseWidths[k];
      if (away > 1 && sums[k] - 0.5 * away * away < bound - 1) {
        sums[k] = Double.NEGATIVE_INFINITY;
      } else {
        sums[k] += term(k, candidate);
      }
    }
  }

  private double mass(int kernel, int candidate) {
    double width = widths[kernel];
    double mean = means[kernel];
    double part = upper[candidate] - lower[candidate];
    if (part < NARROW) {
      double z = (places[candidate] - mean) / width;
      return -0.5 * z * z - LOG_SQRT_2_PI + StrictMath.log(part / width);
    }
    return masses.logMass(lower[candidate], upper[candidate], mean, width);
  }

  @Override
  public double draw(int kernel, double uniform) {
    double width = widths[kernel];
    double mean = means[kernel];
    double z = NormalDistribution.truncatedQuantile(-mean / width, (1 - mean) / width, uniform);
    return UnitInterval.fromUnit(distribution, Math.min(Math.max(mean + z * width, 0), 1));
  }
}
