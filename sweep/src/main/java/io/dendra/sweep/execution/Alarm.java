package io.dendra.sweep.execution;

import java.time.Duration;
import java.util.Optional;

/** Interrupts the thread that set it, after a time; never after it was cancelled. */
final class Alarm {
  private final Thread sleeper = Thread.currentThread();
  private boolean rung;
  private boolean cancelled;

  private Alarm() {}

  static Alarm after(Optional<Duration> time, String what) {
    Alarm alarm = new Alarm();
    time.ifPresent(
        limit -> TrialServer.named("dendra-limit of " + what, () -> alarm.wait(limit)).start());
    return alarm;
  }

  private synchronized void wait(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (long left = limit.toMillis(); left > 0 && !cancelled; ) {
        wait(left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
      if (!cancelled) {
        rung = true;
        sleeper.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized boolean hasRung() {
    return rung;
  }

  synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }
}
