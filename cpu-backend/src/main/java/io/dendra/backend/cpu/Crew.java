package io.dendra.backend.cpu;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Daemon threads that run what they are given, as many as asked for.
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

  private final int size;
  private final Queue<Runnable> jobs = new ConcurrentLinkedQueue<>();
  private final Queue<Thread> asleep = new ConcurrentLinkedQueue<>();
  private final AtomicInteger awake = new AtomicInteger();
  private final AtomicInteger alive = new AtomicInteger();
  private volatile boolean closed;

  Crew(int size) {
    this.size = size;
  }

  /** Hands a job to that many threads, each of which runs it once, now or later. */
  void submit(Runnable job, int times) {
    for (int i = 0; i < times; i++) {
      jobs.add(job);
    }
    // A thread that is awake looks at the jobs again before it sleeps.
    for (int i = awake.get(); i < times; i++) {
      Thread sleeper = asleep.poll();
      if (sleeper != null) {
        LockSupport.unpark(sleeper);
      } else {
        start();
      }
    }
  }

  /** Takes back what has not begun. */
  void withdraw(Runnable job) {
    boolean found = true;
    while (found) {
      found = jobs.remove(job);
    }
  }

  private void start() {
    int number = alive.get();
    if (number < size && alive.compareAndSet(number, number + 1)) {
      Thread thread = new Thread(this::work, "dendra-cpu-" + THREAD_NUMBER.incrementAndGet());
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void work() {
    try {
      for (Runnable job = next(); job != null; job = next()) {
        job.run();
      }
    } finally {
      alive.decrementAndGet();
    }
  }

  /** The next job; null when there has been none for long. */
  private Runnable next() {
    Runnable job = jobs.poll();
    long sleepAt = System.nanoTime() + LIFETIME_NANOS;
    while (job == null && !closed && System.nanoTime() < sleepAt) {
      job = lookOut();
      if (job == null) {
        job = sleep(sleepAt);
      }
    }
    return job;
  }

  private Runnable lookOut() {
    awake.incrementAndGet();
    try {
      long end = System.nanoTime() + LOOKOUT_NANOS;
      while (System.nanoTime() < end) {
        Runnable job = jobs.poll();
        if (job != null) {
          return job;
        }
        spin();
      }
      return null;
    } finally {
      awake.decrementAndGet();
    }
  }

  /** A short moment, which does not slow down the other thread of a core. */
  static void spin() {
    for (int i = 0; i < SPINS; i++) {
      Thread.onSpinWait();
    }
  }

  private Runnable sleep(long until) {
    Thread self = Thread.currentThread();
    asleep.add(self);
    // Again, for a job that came while this thread still counted as awake.
    Runnable job = jobs.poll();
    if (job == null && !closed) {
      LockSupport.parkNanos(this, until - System.nanoTime());
      // A thread that is interrupted would not sleep again, and there is nobody to do it.
      Thread.interrupted();
      job = jobs.poll();
    }
    asleep.remove(self);
    return job;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread sleeper = asleep.poll(); sleeper != null; sleeper = asleep.poll()) {
      LockSupport.unpark(sleeper);
    }
  }
}
