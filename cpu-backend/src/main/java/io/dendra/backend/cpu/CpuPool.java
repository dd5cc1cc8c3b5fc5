package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Daemon threads that share out the parts of a loop; the caller works with them.
 *
 * <p>Parts are fixed beforehand, so that who computes one does not change the result.
 */
final class CpuPool implements AutoCloseable {
  /** Below this many simple steps a second thread costs more than it gives. */
  private static final long WORTH_SHARING = 1 << 16;

  /** About 50 microseconds of one core. */
  private static final double WORTH_SHARING_FLOPS = 6e6;

  private final int threads;
  private final Crew workers;

  CpuPool(int threads) {
    this.threads = threads;
    if (threads == 1) {
      workers = null;
    } else {
      workers = new Crew(threads - 1);
    }
  }

  int threads() {
    return threads;
  }

  /** How many parts to make of up to {@code most}, for that much work in simple steps. */
  int parts(long most, long work) {
    if (workers == null || work < WORTH_SHARING) {
      return 1;
    }
    return (int) Math.max(1, Math.min(most, Math.min(threads, work / (WORTH_SHARING / 2))));
  }

  /** Runs {@code body(0) … body(parts - 1)}, several at once, and waits for all. */
  void run(int parts, IntConsumer body) {
    if (parts <= 1 || workers == null) {
      for (int part = 0; part < parts; part++) {
        body.accept(part);
      }
      return;
    }
    Shared shared = new Shared(parts, body);
    workers.submit(shared, Math.min(parts, threads) - 1);
    shared.run();
    workers.withdraw(shared);
    shared.await();
  }

  /**
   * How many parts to make of up to {@code most} for an operation of a native library: more than
   * threads, so that a thread that the machine holds up leaves its share to the others.
   */
  int nativeParts(long most, double flops) {
    if (workers == null || flops < WORTH_SHARING_FLOPS) {
      return 1;
    }
    int wanted = flops < 8 * WORTH_SHARING_FLOPS ? threads : 2 * threads;
    return (int) Math.max(1, Math.min(most, wanted));
  }

  /**
   * How many parts to make of up to {@code most} for work that goes on for long in each: one for
   * each thread.
   */
  int blocks(long most, double flops) {
    return flops < 2 * WORTH_SHARING_FLOPS ? 1 : (int) Math.max(1, Math.min(most, threads));
  }

  /** Splits {@code 0 … size - 1} into ranges and runs them. */
  void ranges(long size, long workPerItem, Range body) {
    int parts = parts(size, size * workPerItem);
    if (parts == 1) {
      body.run(0, size);
    } else {
      run(parts, part -> body.run(size * part / parts, size * (part + 1) / parts));
    }
  }

  /** Items {@code from … to - 1}. */
  interface Range {
    void run(long from, long to);
  }

  @Override
  public void close() {
    if (workers != null) {
      workers.close();
    }
  }

  private static final class Shared implements Runnable {
    private final int parts;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch left;
    private volatile Throwable failure;

    Shared(int parts, IntConsumer body) {
      this.parts = parts;
      this.body = body;
      this.left = new CountDownLatch(parts);
    }

    @Override
    public void run() {
      for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
        try {
          body.accept(part);
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          left.countDown();
        }
      }
    }

    void await() {
      // The others are about to be done: for a moment, looking is cheaper than sleeping.
      long end = System.nanoTime() + Crew.LOOKOUT_NANOS;
      while (left.getCount() > 0 && System.nanoTime() < end) {
        Crew.spin();
      }
      boolean interrupted = false;
      while (true) {
        try {
          left.await();
          break;
        } catch (InterruptedException e) {
          // The parts write to the caller's memory: it cannot go on before they are done.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable thrown = failure;
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
      if (thrown != null) {
        throw new BackendException("a part of a parallel loop failed", thrown);
      }
    }
  }
}
