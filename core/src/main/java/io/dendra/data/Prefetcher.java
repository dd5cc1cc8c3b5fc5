package io.dendra.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads behind a prefetching iterator.
 *
 * <p>Workers take turns at the source and put a promise of each batch into a queue before they
 * compute it: the queue has the source's order, whoever finishes first. A permit per promise bounds
 * what is held in memory.
 */
final class Prefetcher {
  private static final Logger LOG = LoggerFactory.getLogger(Prefetcher.class);
  private static final Promise END = new Promise();

  /** A batch in work. */
  private static final class Promise extends CompletableFuture<Batch> {}

  private final Stage.Cursor source;
  private final ReentrantLock turn = new ReentrantLock();
  private final Semaphore room;
  private final LinkedBlockingQueue<Promise> promises = new LinkedBlockingQueue<>();
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean stopped;

  /** Only used in turn. */
  private boolean ended;

  private int active;

  Prefetcher(Stage.Cursor source, int batches, int threads) {
    this.source = source;
    this.room = new Semaphore(batches);
    this.active = threads;
    for (int i = 1; i <= threads; i++) {
      Thread worker = new Thread(this::work, "dendra-prefetch-" + i);
      worker.setDaemon(true);
      workers.add(worker);
    }
    workers.forEach(Thread::start);
  }

  /** The next batch when it is ready, null at the end. */
  Batch take() {
    if (stopped) {
      return null;
    }
    try {
      Promise promise = promises.take();
      if (promise == END) {
        promises.add(END);
        return null;
      }
      Batch batch = promise.get();
      room.release();
      return batch;
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
      throw new DataException("interrupted while waiting for the next batch", e);
    } catch (ExecutionException e) {
      stop();
      throw new DataException(
          "a batch could not be prepared in the background: " + e.getCause(), e.getCause());
    }
  }

  /** Ends the threads, also those that wait or sleep in the user's code. */
  void stop() {
    stopped = true;
    promises.clear();
    promises.add(END);
    workers.forEach(Thread::interrupt);
  }

  private void work() {
    try {
      while (!stopped && prepareNext()) {
        // Each turn hands out one batch.
      }
    } catch (InterruptedException e) {
      // How stop() ends the wait for a turn or for room; from elsewhere it must not look like the
      // end.
      if (!stopped) {
        promises.add(failed(e));
      }
    } finally {
      leave();
    }
  }

  private boolean prepareNext() throws InterruptedException {
    Promise promise = new Promise();
    Supplier<Batch> batch;
    turn.lockInterruptibly();
    try {
      if (ended) {
        return false;
      }
      room.acquire();
      try {
        batch = source.next();
      } catch (Throwable e) {
        ended = true;
        promises.add(failed(e));
        return false;
      }
      if (batch == null) {
        ended = true;
        return false;
      }
      promises.add(promise);
    } finally {
      turn.unlock();
    }
    try {
      promise.complete(batch.get());
    } catch (Throwable e) {
      promise.completeExceptionally(e);
    }
    return true;
  }

  /** The last worker to leave closes the source, which nobody uses any more. */
  private synchronized void leave() {
    active--;
    if (active > 0) {
      return;
    }
    try {
      source.close();
    } catch (RuntimeException e) {
      if (stopped) {
        LOG.warn("a dataset's source failed to close", e);
      } else {
        promises.add(failed(e));
      }
    } finally {
      promises.add(END);
    }
  }

  private static Promise failed(Throwable cause) {
    Promise promise = new Promise();
    promise.completeExceptionally(cause);
    return promise;
  }
}
