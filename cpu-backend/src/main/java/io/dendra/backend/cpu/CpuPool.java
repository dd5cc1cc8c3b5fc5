package io.dendra.backend.cpu;

import io.dendra.backend.ThreadLimit;
import java.util.ArrayDeque;
import java.util.Deque;
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

  /** What a caller's loops go through, one more where a part has a loop of its own. */
  private static final ThreadLocal<Deque<SharedLoop>> IDLE =
      ThreadLocal.withInitial(ArrayDeque::new);

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

  /**
   * Runs {@code body(0) … body(parts - 1)}, several at once, and waits for all. How many threads do
   * so may be limited by {@link ThreadLimit}; the parts stay the same.
   */
  void run(int parts, IntConsumer body) {
    int limit = ThreadLimit.atMost(threads);
    int helpers = Math.min(parts, limit) - 1;
    if (helpers <= 0 || workers == null) {
      for (int part = 0; part < parts; part++) {
        body.accept(part);
      }
      return;
    }
    Deque<SharedLoop> own = IDLE.get();
    SharedLoop loop = own.pollFirst();
    if (loop == null) {
      loop = new SharedLoop();
    }
    loop.begin(parts, body, limit < threads ? helpers : SharedLoop.ALL);
    int place = workers.post(loop, helpers);
    loop.help();
    workers.withdraw(place);
    try {
      loop.await();
    } finally {
      own.addFirst(loop);
    }
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
}
