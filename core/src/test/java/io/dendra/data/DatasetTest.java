package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static final RandomKey KEY = RandomKey.of(3);

  /** Sample {@code i} is the pair {@code (10 i, 10 i + 1)} with target {@code i}. */
  private static Dataset numbers(int n) {
    float[] inputs = new float[2 * n];
    for (int i = 0; i < n; i++) {
      inputs[2 * i] = 10 * i;
      inputs[2 * i + 1] = 10 * i + 1;
    }
    return Dataset.of(NDArray.of(inputs, n, 2), NDArray.of(IntStream.range(0, n).toArray()));
  }

  private static List<Batch> batches(Dataset dataset, int epoch) {
    List<Batch> batches = new ArrayList<>();
    try (BatchIterator iterator = dataset.iterator(epoch)) {
      iterator.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static int[] targets(Dataset dataset, int epoch) {
    return batches(dataset, epoch).stream()
        .flatMapToInt(batch -> Arrays.stream(batch.target().ints()))
        .toArray();
  }

  @Test
  void batchesAreSlicesOfTheArrays() {
    List<Batch> batches = batches(numbers(5).batch(2), 0);
    assertThat(batches).extracting(Batch::size).containsExactly(2, 2, 1);
    assertThat(batches.get(1).input()).isEqualTo(NDArray.of(new float[] {20, 21, 30, 31}, 2, 2));
    assertThat(batches.get(1).target()).isEqualTo(NDArray.of(new int[] {2, 3}));
  }

  @Test
  void theRemainderCanBeDropped() {
    Dataset dataset = numbers(5).batch(2, true);
    assertThat(targets(dataset, 0)).containsExactly(0, 1, 2, 3);
    assertThat(dataset.size()).isEqualTo(OptionalLong.of(4));
    assertThat(dataset.batches()).isEqualTo(OptionalLong.of(2));
    assertThat(numbers(5).batch(2).batches()).isEqualTo(OptionalLong.of(3));
  }

  @Test
  void anUnsetBatchSizeIsTheDefaultAndTheLastOneCounts() {
    assertThat(numbers(5).isBatched()).isFalse();
    assertThat(batches(numbers(40), 0)).extracting(Batch::size).containsExactly(32, 8);
    Dataset dataset = numbers(6).batch(4).map(batch -> batch).batch(3);
    assertThat(dataset.isBatched()).isTrue();
    assertThat(batches(dataset, 0)).extracting(Batch::size).containsExactly(3, 3);
  }

  @Test
  void everyEpochIsShuffledAnewAndAlwaysTheSame() {
    Dataset dataset = numbers(50).shuffle(KEY).batch(8);
    int[] third = targets(dataset, 3);
    assertThat(targets(dataset, 4)).isNotEqualTo(third);
    assertThat(targets(numbers(50).shuffle(KEY).batch(8), 3)).isEqualTo(third);
    assertThat(third).containsExactlyInAnyOrder(IntStream.range(0, 50).toArray());
    for (Batch batch : batches(dataset, 3)) {
      for (int i = 0; i < batch.size(); i++) {
        assertThat(batch.input().getDouble(i, 0)).isEqualTo(10 * batch.target().getDouble(i));
      }
    }
  }

  @Test
  void splitTakesTheLastPartForValidation() {
    Dataset.Split split = numbers(10).split(0.2);
    assertThat(targets(split.train(), 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(targets(split.validation(), 0)).containsExactly(8, 9);
  }

  @Test
  void partsOfAShuffledDatasetStayApartInEveryEpoch() {
    Dataset.Split split = numbers(20).split(0.25, KEY);
    int[] validation = targets(split.validation(), 0);
    assertThat(validation).hasSize(5).isNotEqualTo(new int[] {15, 16, 17, 18, 19});
    assertThat(targets(split.validation(), 5)).containsExactlyInAnyOrder(validation);
    assertThat(targets(split.train(), 5)).hasSize(15).doesNotContain(validation);
  }

  @Test
  void splitNeedsTwoPartsThatAreNotEmpty() {
    assertThatThrownBy(() -> numbers(3).split(1)).hasMessageContaining("between 0 and 1");
    assertThatThrownBy(() -> numbers(1).split(0.5))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("leaves a part empty");
  }

  @Test
  void takeAndSkipNest() {
    assertThat(targets(numbers(10).skip(2).take(5).skip(1), 0)).containsExactly(3, 4, 5, 6);
    assertThat(targets(numbers(3).take(100), 0)).containsExactly(0, 1, 2);
    assertThat(targets(numbers(3).skip(100), 0)).isEmpty();
  }

  @Test
  void mapGetsAKeyOfItsOwnForEachBatchOfEachEpoch() {
    List<RandomKey> keys = new ArrayList<>();
    Dataset dataset =
        numbers(4)
            .batch(2)
            .map(
                KEY,
                (batch, key) -> {
                  keys.add(key);
                  return batch;
                });
    batches(dataset, 0);
    batches(dataset, 1);
    assertThat(keys).hasSize(4).doesNotHaveDuplicates();
    List<RandomKey> before = List.copyOf(keys);
    keys.clear();
    batches(dataset, 0);
    assertThat(keys).isEqualTo(before.subList(0, 2));
  }

  @Test
  void mapMustKeepTheNumberOfSamples() {
    Dataset dataset = numbers(4).map(batch -> batch.rows(0, 1));
    assertThatThrownBy(() -> batches(dataset, 0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("as many samples");
  }

  @Test
  void choosingSamplesAfterMapEqualsChoosingThemBefore() {
    Dataset before = numbers(9).shuffle(KEY).batch(4).scaled(0.5);
    Dataset after = numbers(9).scaled(0.5).shuffle(KEY).batch(4);
    assertThat(batches(after, 2)).isEqualTo(batches(before, 2));
  }

  @Test
  void scalingGivesFloats() {
    Dataset pixels = Dataset.of(NDArray.of(new int[] {0, 51, 255}, 3, 1));
    NDArray scaled = pixels.scaled(1 / 255.0).all().input();
    assertThat(scaled.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(scaled).isEqualTo(NDArray.of(new float[] {0, 51 * (float) (1 / 255.0), 1}, 3, 1));
  }

  @Test
  void weightsAndSeveralInputsTravelTogether() {
    NDArray a = NDArray.of(new float[] {0, 1, 2, 3});
    NDArray b = NDArray.of(new long[] {0, 1, 2, 3, 4, 5, 6, 7}, 4, 2);
    NDArray weights = NDArray.of(new float[] {9, 8, 7, 6});
    Dataset dataset = Dataset.of(new Batch(List.of(a, b), List.of(a), List.of(weights)));
    Batch last = batches(dataset.batch(3), 0).get(1);
    assertThat(last.inputs().get(1)).isEqualTo(NDArray.of(new long[] {6, 7}, 1, 2));
    assertThat(last.sampleWeights()).containsExactly(NDArray.of(new float[] {6}));
    assertThat(dataset.batch(3).all().sampleWeights()).containsExactly(weights);
  }

  @Test
  void arraysOfDifferentLengthAreRefused() {
    assertThatThrownBy(() -> Dataset.of(NDArray.of(new float[3]), NDArray.of(new int[2])))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("target 0 of shape [2] holds 2 samples")
        .hasMessageContaining("input 0 of shape [3] holds 3");
  }

  @Test
  void generatedBatchesComeAsTheyAreOrAreCutAnew() {
    Dataset generated = Dataset.generator(epoch -> batches(numbers(7).batch(3), 0).iterator());
    assertThat(generated.size()).isEmpty();
    assertThat(generated.isBatched()).isTrue();
    assertThat(batches(generated, 0)).extracting(Batch::size).containsExactly(3, 3, 1);
    assertThat(batches(generated.batch(5), 0)).isEqualTo(batches(numbers(7).batch(5), 0));
    assertThat(batches(generated.batch(2, true), 0))
        .isEqualTo(batches(numbers(7).batch(2, true), 0));
    assertThat(targets(generated.skip(2).take(3), 0)).containsExactly(2, 3, 4);
    assertThat(targets(generated.skip(4).batch(2), 0)).containsExactly(4, 5, 6);
    assertThat(generated.collect().size()).isEqualTo(OptionalLong.of(7));
  }

  @Test
  void generatedSamplesAreGivenTheEpochAndBatched() {
    Dataset dataset =
        Dataset.samples(
            epoch -> {
              RandomStream random = new RandomStream(KEY.fold(epoch));
              return IntStream.range(0, 5)
                  .mapToObj(i -> Sample.of(NDArray.of(new float[] {random.nextInt(100), i}), i))
                  .iterator();
            });
    assertThat(dataset.isBatched()).isFalse();
    Batch all = batches(dataset, 1).get(0);
    assertThat(all.input().shape().dims()).containsExactly(5, 2);
    assertThat(all.target()).isEqualTo(NDArray.of(new int[] {0, 1, 2, 3, 4}));
    assertThat(batches(dataset, 1)).containsExactly(all);
    assertThat(batches(dataset, 2)).isNotEqualTo(List.of(all));
  }

  @Test
  void aGeneratedDatasetSaysWhatItCannotDo() {
    Dataset generated = Dataset.generator(() -> batches(numbers(4), 0).iterator());
    assertThatThrownBy(() -> generated.shuffle(KEY)).hasMessageContaining("collect()");
    assertThatThrownBy(() -> generated.split(0.5)).hasMessageContaining("collect()");
  }

  @Test
  void anIteratorEndsOnceClosed() {
    BatchIterator iterator = numbers(4).batch(1).iterator(0);
    iterator.next();
    iterator.close();
    iterator.close();
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
  }
}
