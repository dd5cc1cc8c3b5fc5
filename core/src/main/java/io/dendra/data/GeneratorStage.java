package io.dendra.data;

import io.dendra.random.RandomKey;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The source that reads batches one after the other from an iterator per epoch. */
final class GeneratorStage implements Stage {
  private final IntFunction<? extends Iterator<Batch>> generator;
  private final BatchSlicer.Plan plan;

  GeneratorStage(IntFunction<? extends Iterator<Batch>> generator, BatchSlicer.Plan plan) {
    this.generator = generator;
    this.plan = plan;
  }

  @Override
  public Cursor open(int epoch) {
    Iterator<Batch> source = generator.apply(epoch);
    BatchSlicer slicer = new BatchSlicer(source, plan);
    return new Cursor() {
      @Override
      public Supplier<Batch> next() {
        Batch batch = slicer.next();
        return batch == null ? null : () -> batch;
      }

      @Override
      public void close() {
        closeSource(source);
      }
    };
  }

  /** Closes an iterator that holds resources. */
  static void closeSource(Iterator<?> source) {
    if (source instanceof AutoCloseable resource) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        throw new DataException("the generator of a dataset failed to close: " + e, e);
      }
    }
  }

  @Override
  public OptionalLong samples() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalLong batches() {
    return OptionalLong.empty();
  }

  @Override
  public boolean isBatched() {
    return plan.batchSize() != BatchSlicer.Plan.UNSET;
  }

  @Override
  public Stage batch(int size, boolean dropRemainder) {
    return new GeneratorStage(generator, plan.batch(size, dropRemainder));
  }

  @Override
  public Stage shuffle(RandomKey key) {
    throw new DataException(
        "a generated dataset cannot be shuffled, its samples come in the generator's order: "
            + "shuffle in the generator, which is given the epoch, or call collect() first to hold"
            + " all samples in memory");
  }

  @Override
  public Stage range(long from, long to) {
    return new GeneratorStage(generator, plan.range(from, to));
  }
}
