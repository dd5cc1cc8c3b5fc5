package io.dendra.backend.reference;

/**
 * The Gauss error function {@code 2/√π ∫₀ˣ exp(-t²) dt}, to within a few units in the last place.
 *
 * <p>M. Abramowitz, I. Stegun: Handbook of Mathematical Functions, 7.1.6 (series of positive terms)
 * and 7.1.14 (continued fraction).
 */
final class Erf {
  private static final double TWO_BY_SQRT_PI = 1.1283791670955126;
  private static final double ONE_BY_SQRT_PI = TWO_BY_SQRT_PI / 2;

  /** Where the series hands over to the continued fraction. */
  private static final double CROSSOVER = 2;

  /** From here on 1 is the nearest double. */
  private static final double SATURATION = 6;

  private static final int FRACTION_LEVELS = 60;

  private Erf() {}

  static double of(double x) {
    double magnitude = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (magnitude >= SATURATION) {
      return Math.signum(x);
    }
    double value = magnitude < CROSSOVER ? series(magnitude) : 1 - fraction(magnitude);
    return Math.copySign(value, x);
  }

  /** {@code 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))}. */
  private static double series(double x) {
    double square = x * x;
    double term = x;
    double sum = x;
    for (int odd = 3; term > sum * 0x1p-56; odd += 2) {
      term *= 2 * square / odd;
      sum += term;
    }
    return TWO_BY_SQRT_PI * expOfMinusSquare(x) * sum;
  }

  /** {@code erfc x = exp(-x²) / √π · 1/(x + ½/(x + 1/(x + 3/2 /(x + …))))}. */
  private static double fraction(double x) {
    double tail = x;
    for (int level = FRACTION_LEVELS; level >= 1; level--) {
      tail = x + level / 2.0 / tail;
    }
    return ONE_BY_SQRT_PI * expOfMinusSquare(x) / tail;
  }

  /** Splits x so that the square of its upper part is exact: rounding x² would cost digits. */
  private static double expOfMinusSquare(double x) {
    double upper = Math.rint(x * 16) / 16;
    return Math.exp(-upper * upper) * Math.exp(-(x - upper) * (x + upper));
  }
}
