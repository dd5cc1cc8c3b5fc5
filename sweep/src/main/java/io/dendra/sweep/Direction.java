package io.dendra.sweep;

/** Which values of an objective are better. */
public enum Direction {
  /** Small ones, such as a loss. */
  MINIMIZE,
  /** Large ones, such as an accuracy. */
  MAXIMIZE;

  /** Whether one value is better than another. NaN is better than nothing. */
  public boolean isBetter(double value, double other) {
    if (Double.isNaN(value) || Double.isNaN(other)) {
      return !Double.isNaN(value) && Double.isNaN(other);
    }
    return this == MINIMIZE ? value < other : value > other;
  }

  /** The value as samplers see it: small ones are better. */
  public double asLoss(double value) {
    return this == MINIMIZE ? value : -value;
  }
}
