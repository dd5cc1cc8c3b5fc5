package io.dendra.data;

import io.dendra.random.RandomKey;

/**
 * What {@link Dataset#map(RandomKey, BatchFunction)} does to a batch.
 *
 * <p>It has to treat every sample by itself and keep their number and order, draw only from the
 * key, and may be called from several threads at once.
 */
@FunctionalInterface
public interface BatchFunction {
  /**
   * The changed batch.
   *
   * @param key is different for every batch of every epoch, and the same when they come again
   */
  Batch apply(Batch batch, RandomKey key);
}
