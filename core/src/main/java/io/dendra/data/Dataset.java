package io.dendra.data;

import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Samples to train on, and how they are ordered, batched and changed on their way to the model.
 *
 * <p>A dataset is immutable; every method returns another one that reads from it. {@link #iterator}
 * takes the number of the epoch, and everything random follows from the keys and that number alone:
 * a training that goes on at epoch 7 sees the batches that it would have seen without the stop, and
 * any number of threads gives the same batches.
 *
 * <p>{@link #shuffle}, {@link #take}, {@link #skip}, {@link #split} and {@link #batch} choose
 * samples, {@link #map} and {@link #prefetch} work on batches; it does not matter in which order
 * the two kinds are written. The last {@code batch} counts, and without one the trainer sets the
 * size.
 *
 * <pre>{@code
 * Dataset train = Dataset.of(images, labels)      // [60000, 28, 28] and [60000]
 *     .shuffle(RandomKey.of(1))
 *     .batch(128)
 *     .map(RandomKey.of(2), ImageAugmentation.none().shift(0.1).rotation(10))
 *     .prefetch(4, 2);
 * try (BatchIterator batches = train.iterator(0)) {
 *   while (batches.hasNext()) {
 *     Batch batch = batches.next();
 *   }
 * }
 * }</pre>
 */
public final class Dataset {
  /** Samples per batch where nobody chose: 32, as in Keras. */
  public static final int DEFAULT_BATCH_SIZE = 32;

  /**
   * The two parts of a dataset.
   *
   * @param train what to learn from
   * @param validation what to measure on
   */
  public record Split(Dataset train, Dataset validation) {}

  private final Stage stage;

  private Dataset(Stage stage) {
    this.stage = stage;
  }

  /** Inputs alone, {@code [samples, ...]}. */
  public static Dataset of(NDArray inputs) {
    return of(Batch.of(inputs));
  }

  /**
   * Inputs and targets, {@code [samples, ...]} each. The arrays are not copied.
   *
   * @throws DataException when they hold different numbers of samples
   */
  public static Dataset of(NDArray inputs, NDArray targets) {
    return of(Batch.of(inputs, targets));
  }

  /** Several inputs or targets, {@code [samples, ...]} each. */
  public static Dataset of(List<NDArray> inputs, List<NDArray> targets) {
    return of(new Batch(inputs, targets, List.of()));
  }

  /** All samples as one batch, with or without sample weights. */
  public static Dataset of(Batch all) {
    return new Dataset(new ArrayStage(all));
  }

  /**
   * Batches from a generator, for data that does not fit into memory. {@link #batch} cuts them
   * anew; else they stay as they come.
   *
   * @param generator gives the batches of an epoch; to be repeatable it draws only from keys and
   *     the epoch's number. An iterator that is {@link AutoCloseable} is closed after use. It is
   *     never used by two threads at once
   */
  public static Dataset generator(IntFunction<? extends Iterator<Batch>> generator) {
    return new Dataset(
        new GeneratorStage(generator, BatchSlicer.Plan.of(BatchSlicer.Plan.AS_THEY_COME)));
  }

  /** The same batches from a generator in every epoch. */
  public static Dataset generator(Supplier<? extends Iterator<Batch>> generator) {
    return generator(epoch -> generator.get());
  }

  /** Single samples from a generator, put together to batches. */
  public static Dataset samples(IntFunction<? extends Iterator<Sample>> generator) {
    return new Dataset(
        new GeneratorStage(
            epoch -> new SampleBatches(generator.apply(epoch)),
            BatchSlicer.Plan.of(BatchSlicer.Plan.UNSET)));
  }

  /**
   * The batches of an epoch.
   *
   * @param epoch counts from 0
   */
  public BatchIterator iterator(int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epochs count from 0, given " + epoch);
    }
    return new CursorIterator(stage.open(epoch));
  }

  /** Samples per epoch, where known: for arrays, not for generators. */
  public OptionalLong size() {
    return stage.samples();
  }

  /** Batches per epoch, where known. */
  public OptionalLong batches() {
    return stage.batches();
  }

  /** Whether the batch size was set, so that a trainer leaves it. */
  public boolean isBatched() {
    return stage.isBatched();
  }

  /** Batches of the given size; the last may be smaller. */
  public Dataset batch(int size) {
    return batch(size, false);
  }

  /**
   * Batches of the given size.
   *
   * @param dropRemainder leaves out the samples that do not fill a last batch
   * @throws IllegalArgumentException when the size is not positive
   */
  public Dataset batch(int size, boolean dropRemainder) {
    if (size < 1) {
      throw new IllegalArgumentException("a batch has at least 1 sample, given size " + size);
    }
    return new Dataset(stage.batch(size, dropRemainder));
  }

  /**
   * A new random order in every epoch, over all samples.
   *
   * @throws DataException for a generated dataset, which has to be {@link #collect collected} first
   */
  public Dataset shuffle(RandomKey key) {
    return new Dataset(stage.shuffle(key));
  }

  /** The first samples. Of a shuffled dataset it is a random choice, the same in every epoch. */
  public Dataset take(long samples) {
    return new Dataset(stage.range(0, notNegative(samples)));
  }

  /** All but the first samples. Of a shuffled dataset it is the rest of {@link #take}. */
  public Dataset skip(long samples) {
    return new Dataset(stage.range(notNegative(samples), Long.MAX_VALUE));
  }

  private static long notNegative(long samples) {
    if (samples < 0) {
      throw new IllegalArgumentException("a number of samples cannot be negative: " + samples);
    }
    return samples;
  }

  /**
   * Training and validation parts: validation is the last part of the samples, as Keras' {@code
   * validation_split} takes it. Split a shuffled dataset where the samples are sorted; the parts
   * stay apart in every epoch.
   *
   * @param validation the share of the validation part, between 0 and 1
   * @throws DataException when a part would be empty, or the size is not known
   */
  public Split split(double validation) {
    if (!(validation > 0 && validation < 1)) {
      throw new IllegalArgumentException(
          "the share for validation lies between 0 and 1, given " + validation);
    }
    long samples =
        size()
            .orElseThrow(
                () ->
                    new DataException(
                        "a generated dataset cannot be split, its size is not known: use take and"
                            + " skip, or collect() it first"));
    long train = (long) Math.floor(samples * (1 - validation));
    if (train == 0 || train == samples) {
      throw new DataException(
          "a share of "
              + validation
              + " of "
              + samples
              + " samples leaves a part empty: it needs more samples or another share");
    }
    return new Split(take(train), skip(train));
  }

  /**
   * Random training and validation parts.
   *
   * @see #split(double)
   */
  public Split split(double validation, RandomKey key) {
    return shuffle(key).split(validation);
  }

  /** Every batch changed by a function that draws nothing random. */
  public Dataset map(UnaryOperator<Batch> function) {
    return map(new RandomKey(0), (batch, key) -> function.apply(batch));
  }

  /** Every batch changed by a function that is given a key of its own for each batch. */
  public Dataset map(RandomKey key, BatchFunction function) {
    return new Dataset(new MapStage(stage, key, function));
  }

  /** All inputs as float32, multiplied by a factor: {@code scaled(1 / 255.0)} for pixels. */
  public Dataset scaled(double factor) {
    return map(
        batch ->
            batch.withInputs(
                batch.inputs().stream().map(input -> scale(input, (float) factor)).toList()));
  }

  private static NDArray scale(NDArray input, float factor) {
    float[] values = input.floats();
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i] * factor;
    }
    return NDArray.of(result, input.shape().dims());
  }

  /** Prepares up to {@code batches} batches ahead on one background thread. */
  public Dataset prefetch(int batches) {
    return prefetch(batches, 1);
  }

  /**
   * Prepares batches ahead on background threads, which do the work of {@link #map} side by side;
   * batches arrive in their order. What fails there is thrown to the reader as the cause of a
   * {@link DataException}.
   *
   * @param batches how many lie ready or are in work at most
   */
  public Dataset prefetch(int batches, int threads) {
    if (batches < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "prefetch needs at least 1 batch and 1 thread, given " + batches + " and " + threads);
    }
    return new Dataset(new PrefetchStage(stage, batches, threads));
  }

  /** A dataset that holds all samples of epoch 0 in memory, with this one's changes applied. */
  public Dataset collect() {
    return of(all());
  }

  /**
   * All samples of epoch 0 as one batch.
   *
   * @throws DataException when there are none
   */
  public Batch all() {
    List<Batch> parts = new ArrayList<>();
    try (BatchIterator batches = iterator(0)) {
      batches.forEachRemaining(parts::add);
    }
    if (parts.isEmpty()) {
      throw new DataException("the dataset has no samples");
    }
    return Batch.concatenate(parts);
  }
}
