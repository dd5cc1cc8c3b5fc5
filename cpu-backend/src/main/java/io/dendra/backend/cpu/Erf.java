package io.dendra.backend.cpu;

/**
 * The Gauss error function to about 1e-16: its Taylor series near 0, the continued fraction of the
 * complement further out (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
final class Erf {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double SERIES_END = 2.5;

  private Erf() {}

  static double of(double x) {
    double magnitude = Math.abs(x);
    if (magnitude <= SERIES_END) {
      return series(x);
    }
    double result = magnitude > 6 ? 1 : 1 - complement(magnitude);
    return Double.isNaN(x) ? x : Math.copySign(result, x);
  }

  /** {@code 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!}: all terms of one sign, so nothing cancels. */
  private static double series(double x) {
    double square = x * x;
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * square / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-square) * sum;
  }

  private static double complement(double x) {
    double fraction = x;
    for (int k = 60; k >= 1; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
}
