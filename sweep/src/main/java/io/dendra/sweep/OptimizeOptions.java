package io.dendra.sweep;

import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.execution.TrialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a study is optimized. */
public final class OptimizeOptions {
  private int trials = Integer.MAX_VALUE;
  private int totalTrials = Integer.MAX_VALUE;
  private int workers = 1;
  private int retries;
  private Duration timeout;
  private Duration trialTimeout;
  private TrialExecutor executor = TrialExecutor.THREADS;
  private DevicePool devices;
  private Duration heartbeat = Duration.ofSeconds(10);
  private Duration grace = Duration.ofSeconds(60);
  private final List<SweepListener> listeners = new ArrayList<>();

  OptimizeOptions() {}

  /** How many trials to run, beside those that the study has; enqueued ones count. */
  public OptimizeOptions trials(int trials) {
    this.trials = atLeast(1, trials, "trials");
    return this;
  }

  /**
   * How many trials the study is to have at the end, those of earlier runs and other processes
   * included: the way to go on with a sweep that was interrupted.
   */
  public OptimizeOptions totalTrials(int trials) {
    this.totalTrials = atLeast(1, trials, "trials");
    return this;
  }

  /** How many trials run at once; as many as there are slots when devices are given. */
  public OptimizeOptions workers(int workers) {
    this.workers = atLeast(1, workers, "workers");
    return this;
  }

  /** The devices that trials run on, each alone on its slot; the default device without. */
  public OptimizeOptions devices(DevicePool devices) {
    this.devices = devices;
    return this;
  }

  /** How often a trial that fails is tried again; 0 by default. */
  public OptimizeOptions retries(int retries) {
    this.retries = atLeast(0, retries, "retries");
    return this;
  }

  /** When to start no more trials; those that run then end. */
  public OptimizeOptions timeout(Duration timeout) {
    this.timeout = timeout;
    return this;
  }

  /**
   * How often running trials show life, and after how long a silence they are given to others; 10
   * and 60 seconds by default. Processes that end on the same machine are seen at once.
   */
  public OptimizeOptions heartbeat(Duration interval, Duration grace) {
    if (interval.isNegative() || interval.isZero() || grace.compareTo(interval) <= 0) {
      throw new IllegalArgumentException(
          "a silence has to be longer than the time between heartbeats, given "
              + grace
              + " and "
              + interval);
    }
    this.heartbeat = interval;
    this.grace = grace;
    return this;
  }

  /** How trials are run; in the threads of the sweep by default. */
  public OptimizeOptions executor(TrialExecutor executor) {
    this.executor = executor;
    return this;
  }

  /**
   * How long a trial may take; one that takes longer has failed. In a thread it ends when it next
   * waits or reports, in a process at once.
   */
  public OptimizeOptions trialTimeout(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("a trial needs some time, given " + limit);
    }
    this.trialTimeout = limit;
    return this;
  }

  /** What is told about the sweep as it goes. */
  public OptimizeOptions listener(SweepListener listener) {
    this.listeners.add(listener);
    return this;
  }

  private static int atLeast(int least, int number, String what) {
    if (number < least) {
      throw new IllegalArgumentException(
          "the number of " + what + " has to be at least " + least + ", given " + number);
    }
    return number;
  }

  int trials() {
    return trials;
  }

  int totalTrials() {
    return totalTrials;
  }

  int workers() {
    return workers;
  }

  int retries() {
    return retries;
  }

  Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  Optional<Duration> trialTimeout() {
    return Optional.ofNullable(trialTimeout);
  }

  TrialExecutor executor() {
    return executor;
  }

  Optional<DevicePool> devices() {
    return Optional.ofNullable(devices);
  }

  Duration heartbeat() {
    return heartbeat;
  }

  Duration grace() {
    return grace;
  }

  List<SweepListener> listeners() {
    return listeners;
  }
}
