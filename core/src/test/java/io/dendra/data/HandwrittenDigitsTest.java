package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HandwrittenDigitsTest {
  private static final int PIXELS = 28 * 28;
  private static final Batch DIGITS = HandwrittenDigits.generate(1200, RandomKey.of(5));

  @Test
  void theSameKeyDrawsTheSameDigits() {
    Batch again = HandwrittenDigits.generate(1200, RandomKey.of(5));
    assertThat(again).isEqualTo(DIGITS);
    assertThat(HandwrittenDigits.generate(1200, RandomKey.of(6)).input())
        .isNotEqualTo(DIGITS.input());
  }

  @Test
  void classesAreBalancedAndInRandomOrder() {
    int[] counts = new int[10];
    for (int label : DIGITS.target().ints()) {
      counts[label]++;
    }
    assertThat(counts).containsOnly(120);
    assertThat(Arrays.copyOf(DIGITS.target().ints(), 10))
        .isNotEqualTo(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  }

  @Test
  void picturesAreInkOnAnEmptyGround() {
    float[] pixels = DIGITS.input().floats();
    for (int i = 0; i < DIGITS.size(); i++) {
      float[] picture = Arrays.copyOfRange(pixels, i * PIXELS, (i + 1) * PIXELS);
      float ink = 0;
      for (float pixel : picture) {
        assertThat(pixel).isBetween(0f, 1f);
        ink += pixel;
      }
      assertThat(ink / PIXELS).as("share of ink of digit %d", i).isBetween(0.01f, 0.4f);
      assertThat(picture[0]).isZero();
    }
  }

  @Test
  void classesCanBeToldApartButNotTrivially() {
    // The nearest of 1,000 known pictures is right mostly, the nearest class mean clearly less.
    float[] pixels = DIGITS.input().floats();
    int[] labels = DIGITS.target().ints();
    float[] means = new float[10 * PIXELS];
    for (int i = 0; i < 1000; i++) {
      for (int p = 0; p < PIXELS; p++) {
        means[labels[i] * PIXELS + p] += pixels[i * PIXELS + p] / 100;
      }
    }
    int nearestPicture = 0;
    int nearestMean = 0;
    for (int i = 1000; i < 1200; i++) {
      nearestPicture += labels[nearest(pixels, i, pixels, 1000)] == labels[i] ? 1 : 0;
      nearestMean += nearest(pixels, i, means, 10) == labels[i] ? 1 : 0;
    }
    assertThat(nearestPicture).isBetween(140, 199);
    assertThat(nearestMean).isBetween(80, 185);
  }

  private static int nearest(float[] pixels, int picture, float[] candidates, int count) {
    int best = 0;
    float bestDistance = Float.MAX_VALUE;
    for (int c = 0; c < count; c++) {
      float distance = 0;
      for (int p = 0; p < PIXELS; p++) {
        float difference = pixels[picture * PIXELS + p] - candidates[c * PIXELS + p];
        distance += difference * difference;
      }
      if (distance < bestDistance) {
        bestDistance = distance;
        best = c;
      }
    }
    return best;
  }

  @Test
  void theSetHasTheFormOfMnistAndItsOwnName() {
    ImageClassification digits = HandwrittenDigits.load(30, 11, RandomKey.of(1));
    assertThat(digits.name()).contains("generated");
    assertThat(digits.train().size()).isEqualTo(OptionalLong.of(30));
    NDArray test = digits.test().all().input();
    assertThat(test.shape().dims()).containsExactly(11, 28, 28);
    assertThat(digits.train().take(11).all().input()).isNotEqualTo(test);
    assertThat(digits.classNames()).hasSize(10);
  }

  @Test
  void askingForNoneIsRefused() {
    assertThatThrownBy(() -> HandwrittenDigits.generate(0, RandomKey.of(1)))
        .hasMessageContaining("asked for 0");
  }
}
