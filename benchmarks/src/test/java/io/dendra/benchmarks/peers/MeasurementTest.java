package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  static final Measurement LENET =
      new Measurement(
          "dendra", "Dendra 1", "lenet", 7.5, 7, 9.25, 8533.3, 0, 214, 0.55, 2.5, 0.125, 0.012);

  @Test
  void aLineHasTheColumnsOfTheHeader() {
    assertThat(LENET.format())
        .isEqualTo(
            "dendra,Dendra 1,lenet,7.50000,7.00000,9.25000,8533.3,0.0,214,0.55,2.500000,0.125000,"
                + "0.012");
    assertThat(LENET.format().split(",", -1)).hasSameSizeAs(Measurement.HEADER.split(",", -1));
    assertThat(Measurement.parse(LENET.format())).isEqualTo(LENET);
  }

  @Test
  void aLineIsTheSameInEveryLocaleAndKeepsItsColumns() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      Measurement commas =
          new Measurement("dendra", "1, 2", "lenet", 1.5, 1, 2, 3, 0, 4, 5, 6, 7, Double.NaN);

      assertThat(Measurement.parse(commas.format()).version()).isEqualTo("1; 2");
      assertThat(Measurement.parse(commas.format()).medianMillis()).isEqualTo(1.5);
      assertThat(Measurement.parse(commas.format()).othersShare()).isNaN();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anotherLineIsNamed() {
    assertThatThrownBy(() -> Measurement.parse("djl,1,lenet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("13")
        .hasMessageContaining("djl,1,lenet");
  }

  @Test
  void medianIsTheMiddleOrBetweenTheTwo() {
    assertThat(Median.ofSorted(new double[] {1, 2, 9})).isEqualTo(2);
    assertThat(Median.ofSorted(new double[] {1, 2, 4, 9})).isEqualTo(3);
    assertThat(Median.ofSorted(new double[0])).isNaN();
  }
}
