package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NoiseTest {
  /** Other libraries are fed the same, so the values must not change. */
  @Test
  void aValueIsAFunctionOfSeedAndPlace() {
    assertThat(Noise.floats(3, 1)).containsExactly(0.6351977f, -0.82321244f, 0.14637798f);
    assertThat(Noise.classes(8, 2, 10)).containsExactly(9, 7, 4, 4, 5, 8, 1, 3);
    assertThat(Noise.floats(5, 1)).startsWith(0.6351977f, -0.82321244f, 0.14637798f);
  }

  @Test
  void floatsSpreadEvenly() {
    float[] values = Noise.floats(100_000, 1);
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      assertThat(value).isBetween(-1f, 1f);
      sum += value;
      squares += value * value;
    }
    assertThat(sum / values.length).isCloseTo(0, within(0.01));
    assertThat(squares / values.length).isCloseTo(1 / 3.0, within(0.01));
  }

  @Test
  void everyClassOccurs() {
    assertThat(Arrays.stream(Noise.classes(1000, 2, 10)).distinct().sorted())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }
}
