package io.dendra.data;

import java.lang.ref.Cleaner;
import java.util.function.Supplier;

/** Computes batches ahead on background threads. */
final class PrefetchStage extends WrappingStage {
  private final int batches;
  private final int threads;

  PrefetchStage(Stage inner, int batches, int threads) {
    super(inner);
    this.batches = batches;
    this.threads = threads;
  }

  @Override
  Stage around(Stage other) {
    return new PrefetchStage(other, batches, threads);
  }

  @Override
  public Cursor open(int epoch) {
    return new PrefetchCursor(new Prefetcher(inner.open(epoch), batches, threads));
  }

  /**
   * The reader's end. The threads do not know it, so that they stop when it is dropped unclosed.
   */
  private static final class PrefetchCursor implements Cursor {
    private final Prefetcher prefetcher;
    private final Cleaner.Cleanable cleanable;

    PrefetchCursor(Prefetcher prefetcher) {
      this.prefetcher = prefetcher;
      this.cleanable = Abandoned.CLEANER.register(this, prefetcher::stop);
    }

    @Override
    public Supplier<Batch> next() {
      Batch batch = prefetcher.take();
      return batch == null ? null : () -> batch;
    }

    @Override
    public void close() {
      cleanable.clean();
    }
  }

  /** Created when first needed, as it starts a thread. */
  private static final class Abandoned {
    static final Cleaner CLEANER =
        Cleaner.create(
            task -> {
              Thread thread = new Thread(task, "dendra-prefetch-cleaner");
              thread.setDaemon(true);
              return thread;
            });
  }
}
