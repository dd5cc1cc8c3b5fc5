package io.dendra.data;

import io.dendra.random.RandomKey;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The source that reads samples from arrays in any order. */
final class ArrayStage implements Stage {
  private final Batch all;
  private final SampleOrder order;

  /** 0 until it is set. */
  private final int batchSize;

  private final boolean dropRemainder;

  ArrayStage(Batch all) {
    this(all, SampleOrder.all(all.size()), 0, false);
  }

  private ArrayStage(Batch all, SampleOrder order, int batchSize, boolean dropRemainder) {
    this.all = all;
    this.order = order;
    this.batchSize = batchSize;
    this.dropRemainder = dropRemainder;
  }

  @Override
  public Cursor open(int epoch) {
    int[] indices = order.indices(epoch);
    int size = batchSize();
    int end = dropRemainder ? indices.length - indices.length % size : indices.length;
    return new Cursor() {
      private int at;

      @Override
      public Supplier<Batch> next() {
        if (at >= end) {
          return null;
        }
        int from = at;
        at = Math.min(from + size, end);
        int[] chosen = Arrays.copyOfRange(indices, from, at);
        return () -> all.rows(chosen);
      }

      @Override
      public void close() {
        at = end;
      }
    };
  }

  private int batchSize() {
    return batchSize == 0 ? Dataset.DEFAULT_BATCH_SIZE : batchSize;
  }

  @Override
  public OptionalLong samples() {
    int remainder = dropRemainder ? order.size() % batchSize() : 0;
    return OptionalLong.of(order.size() - remainder);
  }

  @Override
  public OptionalLong batches() {
    int full = order.size() / batchSize();
    boolean partial = order.size() % batchSize() != 0 && !dropRemainder;
    return OptionalLong.of(partial ? full + 1 : full);
  }

  @Override
  public boolean isBatched() {
    return batchSize != 0;
  }

  @Override
  public Stage batch(int size, boolean drop) {
    return new ArrayStage(all, order, size, drop);
  }

  @Override
  public Stage shuffle(RandomKey key) {
    return new ArrayStage(all, order.shuffled(key), batchSize, dropRemainder);
  }

  @Override
  public Stage range(long from, long to) {
    int last = (int) Math.min(to, order.size());
    int first = (int) Math.min(from, last);
    return new ArrayStage(all, order.range(first, last), batchSize, dropRemainder);
  }
}
