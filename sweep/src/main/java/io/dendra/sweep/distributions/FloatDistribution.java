package io.dendra.sweep.distributions;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Numbers from {@code low} to {@code high}, both included.
 *
 * @param low the smallest
 * @param high the largest; with a step, lowered to the last that steps from {@code low} reach
 * @param log whether equal ratios count as equal distances
 * @param step the distance between values, or 0 for all numbers
 */
public record FloatDistribution(double low, double high, boolean log, double step)
    implements Distribution {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException when they are not finite or in the wrong order, the step is
   *     negative, or a logarithm has no positive lower bound or has a step
   */
  public FloatDistribution {
    if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
      throw new IllegalArgumentException(
          "a range goes from a number to one not smaller, given " + low + " to " + high);
    }
    if (!(step >= 0) || Double.isInfinite(step)) {
      throw new IllegalArgumentException("a step is a positive number, given " + step);
    }
    if (log && (low <= 0 || step > 0)) {
      throw new IllegalArgumentException(
          "a logarithmic range starts above 0 and has no step, given "
              + low
              + " to "
              + high
              + (step > 0 ? " in steps of " + step : ""));
    }
    if (step > 0) {
      high = last(low, high, step);
    }
  }

  /** In decimals, as users wrote the step: 0.1 three times is 0.3. */
  private static double last(double low, double high, double step) {
    BigDecimal start = BigDecimal.valueOf(low);
    BigDecimal distance = BigDecimal.valueOf(step);
    BigDecimal steps =
        BigDecimal.valueOf(high).subtract(start).divide(distance, 0, RoundingMode.FLOOR);
    return start.add(steps.multiply(distance)).doubleValue();
  }

  @Override
  public Double decode(double internal) {
    return internal;
  }

  @Override
  public double encode(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("a number is needed, given " + value);
  }

  @Override
  public boolean contains(double internal) {
    if (!(internal >= low && internal <= high)) {
      return false;
    }
    double steps = (internal - low) / step;
    return step == 0 || Math.abs(steps - Math.rint(steps)) < 1e-8;
  }

  @Override
  public boolean isSingle() {
    return low == high;
  }
}
