package io.dendra.benchmarks.peers;

import java.util.Arrays;

/**
 * Times steps as the other libraries' are timed: {@link #COMPARED_STEP} steps and some seconds of
 * warm-up, then single steps for some seconds, at least {@link #LEAST_TIMED} of them.
 */
final class StepClock implements StepEnd {
  /** The step whose loss is compared with that of the first. */
  static final int COMPARED_STEP = 30;

  static final int LEAST_TIMED = 20;
  private static final int MOST_TIMED = 1_000_000;

  private final double warmUpSeconds;
  private final double timedSeconds;
  private final long start = System.nanoTime();

  private long steps;
  private double firstLoss;
  private double laterLoss;
  private double startupSeconds;
  private double[] millis;
  private int timed;
  private long timedFrom;
  private long lastEnd;
  private ProcessorTime processorFrom;
  private double othersShare = Double.NaN;

  StepClock(double warmUpSeconds, double timedSeconds) {
    this.warmUpSeconds = warmUpSeconds;
    this.timedSeconds = timedSeconds;
  }

  @Override
  public boolean stepDone(double loss) {
    long now = System.nanoTime();
    steps++;
    if (steps == 1) {
      startupSeconds = ProcessFacts.ageSeconds();
      firstLoss = loss;
    }
    if (steps <= COMPARED_STEP) {
      laterLoss = loss;
    }
    boolean more = millis == null ? warm(now) : time(now);
    lastEnd = System.nanoTime();
    return more;
  }

  private boolean warm(long now) {
    if (steps >= COMPARED_STEP && seconds(start, now) >= warmUpSeconds) {
      millis = new double[1024];
      processorFrom = ProcessorTime.now();
      timedFrom = System.nanoTime();
    }
    return true;
  }

  private boolean time(long now) {
    if (timed == millis.length) {
      millis = Arrays.copyOf(millis, 2 * timed);
    }
    millis[timed++] = (now - lastEnd) / 1e6;
    boolean more =
        timed < MOST_TIMED && (timed < LEAST_TIMED || seconds(timedFrom, now) < timedSeconds);
    if (!more) {
      othersShare = ProcessorTime.sharedWithOthers(processorFrom, ProcessorTime.now());
    }
    return more;
  }

  /** The times of the timed steps, rising. */
  double[] sortedMillis() {
    double[] sorted = Arrays.copyOf(millis, timed);
    Arrays.sort(sorted);
    return sorted;
  }

  double firstLoss() {
    return firstLoss;
  }

  /** The loss of step {@link #COMPARED_STEP}. */
  double laterLoss() {
    return laterLoss;
  }

  /** From the start of the process to the end of its first step. */
  double startupSeconds() {
    return startupSeconds;
  }

  /** The share of the machine that others had while steps were timed, not a number if unknown. */
  double othersShare() {
    return othersShare;
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }
}
