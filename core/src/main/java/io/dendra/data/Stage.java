package io.dendra.data;

import io.dendra.random.RandomKey;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * One step of a dataset's pipeline.
 *
 * <p>Choices of samples (shuffle, range, batch) are handed down to the source; changes of batches
 * (map, prefetch) wrap it. That is why the two kinds may be written in any order, and why the batch
 * size can still be set by the trainer.
 */
interface Stage {
  /**
   * The batches of an epoch as work that is still to be done. Cursors are used by one thread at a
   * time, the work they hand out by any.
   */
  interface Cursor extends AutoCloseable {
    /** The next batch, not computed yet; null at the end. */
    Supplier<Batch> next();

    @Override
    void close();
  }

  Cursor open(int epoch);

  /** Samples per epoch, where known. */
  OptionalLong samples();

  /** Batches per epoch, where known. */
  OptionalLong batches();

  /** Whether the batch size was set, or is the generator's choice. */
  boolean isBatched();

  Stage batch(int size, boolean dropRemainder);

  Stage shuffle(RandomKey key);

  /** The samples from one to before another. */
  Stage range(long from, long to);
}
