package io.dendra.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  private final RandomStream stream = new RandomStream(RandomKey.of(7));

  @Test
  void theSameKeyGivesTheSameNumbers() {
    RandomStream again = new RandomStream(RandomKey.of(7));
    RandomStream other = new RandomStream(RandomKey.of(8));
    long first = stream.nextLong();
    assertThat(again.nextLong()).isEqualTo(first);
    assertThat(other.nextLong()).isNotEqualTo(first);
  }

  @Test
  void wholeNumbersAreEquallyLikely() {
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[stream.nextInt(7)]++;
    }
    // Five deviations of a binomial count of mean 10,000.
    assertThat(Arrays.stream(counts)).allMatch(count -> count > 9_530 && count < 10_470);
  }

  @Test
  void largeBoundsAreNotBiased() {
    // 32 bits taken modulo this bound would fall into its lower half 56 times of 100.
    int bound = 0x6000_0000;
    int low = 0;
    for (int i = 0; i < 20_000; i++) {
      int drawn = stream.nextInt(bound);
      assertThat(drawn).isBetween(0, bound - 1);
      low += drawn < bound / 2 ? 1 : 0;
    }
    assertThat(low).isBetween(9_640, 10_360);
    assertThatThrownBy(() -> stream.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void gaussiansHaveMeanZeroAndDeviationOne() {
    double[] drawn = IntStream.range(0, 40_000).mapToDouble(i -> stream.nextGaussian()).toArray();
    double mean = Arrays.stream(drawn).average().orElseThrow();
    double variance = Arrays.stream(drawn).map(x -> x * x).average().orElseThrow() - mean * mean;
    assertThat(mean).isCloseTo(0, within(0.025));
    assertThat(variance).isCloseTo(1, within(0.04));
  }

  @Test
  void uniformsStayInTheirRange() {
    double[] drawn = IntStream.range(0, 10_000).mapToDouble(i -> stream.uniform(-2, 3)).toArray();
    assertThat(Arrays.stream(drawn).min().orElseThrow()).isBetween(-2.0, -1.99);
    assertThat(Arrays.stream(drawn).max().orElseThrow()).isBetween(2.99, 3.0);
  }

  @Test
  void permutationsHoldEveryNumberOnce() {
    int[] order = stream.permutation(1000);
    assertThat(order).isNotEqualTo(IntStream.range(0, 1000).toArray());
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, 1000).toArray());
    assertThat(stream.permutation(0)).isEmpty();
  }
}
