package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageAugmentationTest {
  private static final RandomKey KEY = RandomKey.of(11);

  /** Pictures {@code [n, 4, 4]} with a 1 at row 1, column 2. */
  private static NDArray dots(int n) {
    float[] pixels = new float[n * 16];
    for (int i = 0; i < n; i++) {
      pixels[i * 16 + 6] = 1;
    }
    return NDArray.of(pixels, n, 4, 4);
  }

  private static float[] resample(Resampling resampling, float[] source, int side, int channels) {
    float[] target = new float[source.length];
    resampling.apply(source, target, 0, side, side, channels);
    return target;
  }

  @Test
  void changesNothingUnlessAsked() {
    assertThat(ImageAugmentation.none().apply(dots(3), KEY)).isEqualTo(dots(3));
  }

  @Test
  void shiftsMoveDownAndRight() {
    float[] dot = dots(1).floats();
    float[] moved = resample(Resampling.of(0, 1, 1, 2, 1), dot, 4, 1);
    assertThat(moved[3 * 4 + 3]).isEqualTo(1);
    float[] between = resample(Resampling.of(0, 1, 1, 0.5, -0.25), dot, 4, 1);
    assertThat(between[4 + 2]).isEqualTo(0.375f);
    assertThat(between[4 + 1]).isEqualTo(0.125f);
    assertThat(between[2 * 4 + 2]).isEqualTo(0.375f);
    float[] gone = resample(Resampling.of(0, 1, 1, 0, 2), dot, 4, 1);
    assertThat(gone).containsOnly(0);
  }

  @Test
  void aQuarterTurnMovesTheTopToTheRight() {
    float[] picture = new float[9];
    picture[1] = 1;
    float[] turned = resample(Resampling.of(Math.PI / 2, 1, 1, 0, 0), picture, 3, 1);
    assertThat(turned[5]).isGreaterThan(0.999f);
  }

  @Test
  void zoomingEnlargesAboutTheMiddle() {
    float[] picture = new float[25];
    picture[2 * 5 + 3] = 1;
    float[] larger = resample(Resampling.of(0, 2, 1, 0, 0), picture, 5, 1);
    assertThat(larger[2 * 5 + 4]).isEqualTo(1);
    assertThat(larger[2 * 5 + 3]).isEqualTo(0.5f);
  }

  @Test
  void halfOfThePicturesAreMirrored() {
    float[] flipped = ImageAugmentation.none().flip().apply(dots(400), KEY).floats();
    long mirrored = IntStream.range(0, 400).filter(i -> flipped[i * 16 + 5] == 1).count();
    long same = IntStream.range(0, 400).filter(i -> flipped[i * 16 + 6] == 1).count();
    assertThat(mirrored + same).isEqualTo(400);
    assertThat(mirrored).isBetween(150L, 250L);
  }

  @Test
  void channelsMoveTogether() {
    float[] pixels =
        IntStream.range(0, 32).collect(() -> new float[32], (a, i) -> a[i] = i, (a, b) -> {});
    float[] moved = resample(Resampling.of(0, 1, 1, 0, -1), pixels, 4, 2);
    assertThat(Arrays.copyOf(moved, 8)).containsExactly(2, 3, 4, 5, 6, 7, 0, 0);
  }

  @Test
  void theKeyFixesEveryPicture() {
    ImageAugmentation augmentation = ImageAugmentation.none().shift(0.2).rotation(20).zoom(0.1);
    NDArray once = augmentation.apply(dots(5), KEY);
    assertThat(augmentation.apply(dots(5), KEY)).isEqualTo(once);
    assertThat(augmentation.apply(dots(5), KEY.fold(1))).isNotEqualTo(once);
    assertThat(once.rows(0, 1)).isNotEqualTo(once.rows(1, 2));
  }

  @Test
  void worksInADatasetWithAnyNumberOfThreads() {
    int[] labels = IntStream.range(0, 20).toArray();
    Dataset dataset =
        Dataset.of(dots(20).reshape(20, 4, 4, 1), NDArray.of(labels))
            .batch(3)
            .map(KEY, ImageAugmentation.none().shift(0.5).flip());
    Batch expected = dataset.all();
    assertThat(expected.target()).isEqualTo(NDArray.of(labels));
    assertThat(dataset.prefetch(4, 3).all()).isEqualTo(expected);
  }

  @Test
  void refusesOtherShapesAndRanges() {
    assertThatThrownBy(() -> ImageAugmentation.none().apply(NDArray.of(new float[4], 2, 2), KEY))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("given [2, 2]");
    assertThatThrownBy(() -> ImageAugmentation.none().shift(-0.1))
        .hasMessageContaining("shift lies between 0 and 1");
    assertThatThrownBy(() -> ImageAugmentation.none().rotation(Double.NaN))
        .hasMessageContaining("rotation");
  }
}
