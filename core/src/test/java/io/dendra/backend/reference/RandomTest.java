package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.RandomOp;
import io.dendra.backend.View;
import io.dendra.random.Philox;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomTest {
  private static final long KEY = 0x299f31d0a4093822L;
  private static final long COUNTER = 11;

  @Test
  void bitsAreTheWordsOfTheStream() {
    int[] words = new int[10];
    Philox.fill(KEY, COUNTER, 0, words);
    View out = Views.result(DType.INT32, Shape.of(2, 5));
    BACKEND.random(RandomOp.BITS, KEY, COUNTER, out);
    assertThat(Views.wholes(out)).containsExactly(Arrays.stream(words).asLongStream().toArray());
  }

  @Test
  void float32TakesTheUpperBitsOfOneWord() {
    int[] words = new int[7];
    Philox.fill(KEY, COUNTER, 0, words);
    double[] drawn = uniform(DType.FLOAT32, 7);
    for (int i = 0; i < 7; i++) {
      assertThat(drawn[i]).isEqualTo((words[i] >>> 8) / 16777216.0);
    }
  }

  @Test
  void float64TakesTheUpperBitsOfTwoWords() {
    int[] words = new int[10];
    Philox.fill(KEY, COUNTER, 0, words);
    double[] drawn = uniform(DType.FLOAT64, 5);
    for (int i = 0; i < 5; i++) {
      long high = Integer.toUnsignedLong(words[2 * i]);
      long low = Integer.toUnsignedLong(words[2 * i + 1]);
      double expected = Math.scalb((double) ((high << 21) | (low >>> 11)), -53);
      assertThat(drawn[i]).isEqualTo(expected);
    }
  }

  @Test
  void uniformFillsTheUnitInterval() {
    double[] drawn = uniform(DType.FLOAT32, 40_000);
    assertThat(Arrays.stream(drawn).min().orElseThrow()).isBetween(0.0, 1e-3);
    assertThat(Arrays.stream(drawn).max().orElseThrow()).isBetween(0.999, Math.nextDown(1.0));
    double mean = Arrays.stream(drawn).average().orElseThrow();
    assertThat(mean).isCloseTo(0.5, within(0.01));
    double variance =
        Arrays.stream(drawn).map(u -> (u - mean) * (u - mean)).average().orElseThrow();
    assertThat(variance).isCloseTo(1.0 / 12, within(0.005));
  }

  private static double[] uniform(DType dtype, int count) {
    View out = Views.result(dtype, Shape.of(count));
    BACKEND.random(RandomOp.UNIFORM, KEY, COUNTER, out);
    return Views.reals(out);
  }
}
