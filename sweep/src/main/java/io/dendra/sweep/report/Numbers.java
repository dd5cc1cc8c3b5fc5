package io.dendra.sweep.report;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as the page needs them: as short as a chart can show. */
final class Numbers {
  private static final MathContext DIGITS = new MathContext(7);

  private Numbers() {}

  /** A number, or the name of one that JSON lacks. */
  static Object compact(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      return (long) value;
    }
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
