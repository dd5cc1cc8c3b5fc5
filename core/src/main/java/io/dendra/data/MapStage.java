package io.dendra.data;

import io.dendra.random.RandomKey;
import java.util.function.Supplier;

/** Applies a function to every batch, with a key of the epoch and the batch's number. */
final class MapStage extends WrappingStage {
  private final RandomKey key;
  private final BatchFunction function;

  MapStage(Stage inner, RandomKey key, BatchFunction function) {
    super(inner);
    this.key = key;
    this.function = function;
  }

  @Override
  Stage around(Stage other) {
    return new MapStage(other, key, function);
  }

  @Override
  public Cursor open(int epoch) {
    Cursor source = inner.open(epoch);
    RandomKey epochKey = key.fold(epoch);
    return new Cursor() {
      private long number;

      @Override
      public Supplier<Batch> next() {
        Supplier<Batch> batch = source.next();
        if (batch == null) {
          return null;
        }
        RandomKey batchKey = epochKey.fold(number++);
        return () -> apply(batch.get(), batchKey);
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }

  private Batch apply(Batch batch, RandomKey batchKey) {
    Batch changed = function.apply(batch, batchKey);
    if (changed == null || changed.size() != batch.size()) {
      throw new DataException(
          "a function in Dataset.map has to return as many samples as it is given: "
              + batch
              + " became "
              + changed);
    }
    return changed;
  }
}
