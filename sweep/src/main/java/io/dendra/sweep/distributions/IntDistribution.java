package io.dendra.sweep.distributions;

/**
 * Whole numbers from {@code low} to {@code high}, both included.
 *
 * @param low the smallest
 * @param high the largest; lowered to the last that steps from {@code low} reach
 * @param log whether equal ratios count as equal distances
 * @param step the distance between values, 1 for all
 */
public record IntDistribution(long low, long high, boolean log, long step) implements Distribution {
  /** Doubles hold whole numbers up to here. */
  private static final long LIMIT = 1L << 53;

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException when they are in the wrong order or beyond 2^53, the step is
   *     not positive, or a logarithm has a lower bound below 1 or a step
   */
  public IntDistribution {
    if (low > high || low < -LIMIT || high > LIMIT) {
      throw new IllegalArgumentException(
          "a range goes from a whole number to one not smaller, within 2^53, given "
              + low
              + " to "
              + high);
    }
    if (step < 1) {
      throw new IllegalArgumentException("a step is at least 1, given " + step);
    }
    if (log && (low < 1 || step > 1)) {
      throw new IllegalArgumentException(
          "a logarithmic range starts at 1 or above and has no step, given "
              + low
              + " to "
              + high
              + (step > 1 ? " in steps of " + step : ""));
    }
    high = low + (high - low) / step * step;
  }

  @Override
  public Long decode(double internal) {
    return (long) internal;
  }

  @Override
  public double encode(Object value) {
    if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("a whole number is needed, given " + value);
  }

  @Override
  public boolean contains(double internal) {
    return internal >= low
        && internal <= high
        && internal == Math.rint(internal)
        && ((long) internal - low) % step == 0;
  }

  @Override
  public boolean isSingle() {
    return low == high;
  }
}
