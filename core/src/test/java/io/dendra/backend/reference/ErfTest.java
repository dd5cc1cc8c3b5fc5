package io.dendra.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErfTest {
  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal TWO_BY_SQRT_PI =
      BigDecimal.valueOf(2)
          .divide(
              new BigDecimal("3.14159265358979323846264338327950288419716939937510582")
                  .sqrt(DIGITS),
              DIGITS);

  @Test
  void agreesWithTheMaclaurinSeriesInSixtyDigits() {
    for (double x = -6.5; x <= 6.5; x += 0.0371) {
      double expected = maclaurin(x);
      assertThat(Erf.of(x)).as("erf %s", x).isCloseTo(expected, within(1e-15));
    }
  }

  @Test
  void keepsItsRelativePrecisionNearZero() {
    for (double x : new double[] {1e-300, 1e-20, 1e-8, 1e-3, -1e-5}) {
      double expected = maclaurin(x);
      assertThat(Erf.of(x)).isCloseTo(expected, within(Math.abs(expected) * 1e-15));
    }
  }

  @Test
  void specialValues() {
    assertThat(Erf.of(0)).isZero();
    assertThat(Erf.of(-0.0)).isEqualTo(-0.0);
    assertThat(Erf.of(Double.NaN)).isNaN();
    assertThat(Erf.of(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Erf.of(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
  }

  /** {@code 2/√π Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n+1))}. */
  private static double maclaurin(double argument) {
    BigDecimal x = new BigDecimal(argument);
    BigDecimal square = x.multiply(x, DIGITS);
    BigDecimal power = x;
    BigDecimal sum = x;
    for (int n = 1; n < 260; n++) {
      power = power.multiply(square, DIGITS).divide(BigDecimal.valueOf(-n), DIGITS);
      sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), DIGITS), DIGITS);
    }
    return sum.multiply(TWO_BY_SQRT_PI, DIGITS).doubleValue();
  }
}
