package io.dendra.backend.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Daemon threads that help with loops, as many as asked for.
 *
 * <p>Waking a sleeping thread takes some 20 microseconds, as long as a small product. One that has
 * just finished therefore looks out for more for a moment before it sleeps. It does not yield its
 * core meanwhile: on a machine that is shared it would not have it back when work comes.
 */
final class Crew implements AutoCloseable {
  /**
   * How long a thread looks out for more: about what lies between two operations of a small step.
   * Longer only costs: beside other work the core is better given to that.
   */
  static final long LOOKOUT_NANOS = 40_000;

  private static final int SPINS = 8;

  private static final long LIFETIME_NANOS = 30_000_000_000L;
  private static final AtomicInteger THREAD_NUMBER = new AtomicInteger();

  /** Loops that can be open at a time; a caller who finds no place works alone. */
  private static final int PLACES = 16;

  private final AtomicReferenceArray<SharedLoop> open = new AtomicReferenceArray<>(PLACES);
  private final AtomicReferenceArray<Worker> workers;
  private final AtomicInteger awake = new AtomicInteger();
  private volatile boolean closed;

  Crew(int size) {
    workers = new AtomicReferenceArray<>(size);
  }

  /**
   * Lets that many threads help with a loop that has begun.
   *
   * @return for {@link #withdraw}
   */
  int post(SharedLoop loop, int helpers) {
    int place = 0;
    while (place < PLACES && !open.compareAndSet(place, null, loop)) {
      place++;
    }
    // A thread that is awake looks at the places again before it sleeps.
    for (int i = awake.get(); i < helpers && place < PLACES; i++) {
      wakeOne();
    }
    return place;
  }

  /** Ends the help, but for parts that have been taken. */
  void withdraw(int place) {
    if (place < PLACES) {
      open.set(place, null);
    }
  }

  private void wakeOne() {
    for (int i = 0; i < workers.length(); i++) {
      Worker worker = workers.get(i);
      if (worker != null && worker.wake()) {
        return;
      }
    }
    for (int i = 0; i < workers.length() && !closed; i++) {
      if (workers.get(i) == null) {
        Worker worker = new Worker(i);
        if (workers.compareAndSet(i, null, worker)) {
          worker.start();
          return;
        }
      }
    }
  }

  private boolean help() {
    boolean helped = false;
    for (int i = 0; i < PLACES; i++) {
      SharedLoop loop = open.get(i);
      helped |= loop != null && loop.assist();
    }
    return helped;
  }

  private boolean isWanted() {
    for (int i = 0; i < PLACES; i++) {
      SharedLoop loop = open.get(i);
      if (loop != null && loop.isWanted()) {
        return true;
      }
    }
    return false;
  }

  /** A short moment, which does not slow down the other thread of a core. */
  static void spin() {
    for (int i = 0; i < SPINS; i++) {
      Thread.onSpinWait();
    }
  }

  private final class Worker extends Thread {
    private final int place;
    private final AtomicBoolean asleep = new AtomicBoolean();

    Worker(int place) {
      super("dendra-cpu-" + THREAD_NUMBER.incrementAndGet());
      setDaemon(true);
      this.place = place;
    }

    @Override
    public void run() {
      try {
        long end = System.nanoTime() + LIFETIME_NANOS;
        while (!closed && System.nanoTime() < end) {
          if (lookOut()) {
            end = System.nanoTime() + LIFETIME_NANOS;
          } else {
            rest(end);
          }
        }
      } finally {
        workers.set(place, null);
      }
    }

    /** Helps until there has been nothing for a moment; tells whether it helped. */
    private boolean lookOut() {
      boolean helped = false;
      awake.incrementAndGet();
      try {
        long end = System.nanoTime() + LOOKOUT_NANOS;
        while (System.nanoTime() < end) {
          if (help()) {
            helped = true;
            end = System.nanoTime() + LOOKOUT_NANOS;
          }
          spin();
        }
      } finally {
        awake.decrementAndGet();
      }
      return helped;
    }

    private void rest(long until) {
      asleep.set(true);
      // Again, for a loop that came while this thread still counted as awake.
      if (!isWanted() && !closed) {
        LockSupport.parkNanos(Crew.this, until - System.nanoTime());
        // A thread that is interrupted would not sleep again, and there is nobody to do it.
        Thread.interrupted();
      }
      asleep.set(false);
    }

    boolean wake() {
      boolean slept = asleep.compareAndSet(true, false);
      if (slept) {
        LockSupport.unpark(this);
      }
      return slept;
    }
  }

  @Override
  public void close() {
    closed = true;
    for (int i = 0; i < workers.length(); i++) {
      Worker worker = workers.get(i);
      if (worker != null) {
        LockSupport.unpark(worker);
      }
    }
  }
}
