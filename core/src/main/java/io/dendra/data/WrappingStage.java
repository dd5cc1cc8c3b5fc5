package io.dendra.data;

import io.dendra.random.RandomKey;
import java.util.OptionalLong;

/** A stage that changes batches and hands choices of samples down. */
abstract class WrappingStage implements Stage {
  final Stage inner;

  WrappingStage(Stage inner) {
    this.inner = inner;
  }

  /** This stage around another one. */
  abstract Stage around(Stage other);

  @Override
  public final OptionalLong samples() {
    return inner.samples();
  }

  @Override
  public final OptionalLong batches() {
    return inner.batches();
  }

  @Override
  public final boolean isBatched() {
    return inner.isBatched();
  }

  @Override
  public final Stage batch(int size, boolean dropRemainder) {
    return around(inner.batch(size, dropRemainder));
  }

  @Override
  public final Stage shuffle(RandomKey key) {
    return around(inner.shuffle(key));
  }

  @Override
  public final Stage range(long from, long to) {
    return around(inner.range(from, to));
  }
}
