package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A loop in parts, which threads take one by one. The caller that began it helps and waits until
 * all parts are done; then the same object serves its next loop.
 */
final class SharedLoop {
  /** As many helpers as there are. */
  static final int ALL = Integer.MAX_VALUE;

  private static final int LOOP = 32;

  /**
   * The number of the loop, and in the lower half how many of its parts nobody has taken. A thread
   * that comes late cannot take a part of a later loop for one of an earlier.
   */
  private final AtomicLong open = new AtomicLong();

  private final AtomicInteger undone = new AtomicInteger();

  /** Only counted up and down, never set: a thread that comes late leaves it right. */
  private final AtomicInteger helpers = new AtomicInteger();

  private volatile int mostHelpers;
  private int parts;
  private IntConsumer body;
  private volatile Throwable failure;
  private volatile Thread waiting;

  /** Begins a loop of one part or more, with which so many others may help at once. */
  void begin(int count, IntConsumer work, int most) {
    mostHelpers = most;
    parts = count;
    body = work;
    failure = null;
    undone.set(count);
    open.set((((open.get() >>> LOOP) + 1) << LOOP) | count);
  }

  /** Whether there are parts that nobody has taken, and room for one more to take them. */
  boolean isWanted() {
    return (int) open.get() != 0 && helpers.get() < mostHelpers;
  }

  /** Helps the caller if there is room; tells whether it took any part. */
  boolean assist() {
    if (!isWanted()) {
      return false;
    }
    if (mostHelpers == ALL) {
      return help();
    }
    try {
      return helpers.incrementAndGet() <= mostHelpers && help();
    } finally {
      helpers.decrementAndGet();
    }
  }

  /** Takes parts until there are none left to take; tells whether it took any. */
  boolean help() {
    boolean took = false;
    while (true) {
      long before = open.get();
      int rest = (int) before;
      if (rest == 0) {
        return took;
      }
      if (open.compareAndSet(before, before - 1)) {
        run(parts - rest);
        took = true;
      }
    }
  }

  private void run(int part) {
    try {
      body.accept(part);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      if (undone.decrementAndGet() == 0) {
        Thread caller = waiting;
        if (caller != null) {
          LockSupport.unpark(caller);
        }
      }
    }
  }

  /** Waits for the parts that others have taken. */
  void await() {
    // The others are about to be done: for a moment, looking is cheaper than sleeping.
    long end = System.nanoTime() + Crew.LOOKOUT_NANOS;
    while (undone.get() > 0 && System.nanoTime() < end) {
      Crew.spin();
    }
    boolean interrupted = false;
    waiting = Thread.currentThread();
    while (undone.get() > 0) {
      LockSupport.park(this);
      // The parts write to the caller's memory: it cannot go on before they are done.
      interrupted |= Thread.interrupted();
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    body = null;
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
