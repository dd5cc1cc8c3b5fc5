package io.dendra.sweep;

import io.dendra.backend.Backends;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.execution.TrialExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One call of {@link Study#optimize}: starts the workers, waits for them, and ends what is left.
 */
final class TrialLoop {
  /** How long interrupted objectives may take to end before their trials are given back. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Study study;
  private final Objective objective;
  private final OptimizeOptions options;
  private final DevicePool devices;
  private final Listeners listeners;
  private final Heartbeats heartbeats;
  private final RunningTrials running;
  private final TrialBudget budget;
  private final SweepCounts counts = new SweepCounts();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> workers = new ArrayList<>();
  private final Instant begin = Instant.now();
  private volatile boolean stopped;
  private volatile boolean abandoned;

  TrialLoop(Study study, Objective objective, OptimizeOptions options) {
    this.study = study;
    this.objective = objective;
    this.options = options;
    this.devices =
        options
            .devices()
            .orElseGet(() -> DevicePool.of(List.of(Backends.defaultDevice()), options.workers()));
    this.listeners = new Listeners(options.listeners());
    this.heartbeats = new Heartbeats(study, options.heartbeat(), options.grace());
    this.running = new RunningTrials(study, heartbeats);
    this.budget = new TrialBudget(options.trials());
  }

  /** How many trials the study will have, as far as can be said beforehand. */
  private int expected() {
    List<TrialRecord> trials = study.trials();
    long here = trials.stream().filter(trial -> trial.state() != TrialState.WAITING).count();
    return study.limited((int) Math.min(options.totalTrials(), here + options.trials()), trials);
  }

  SweepSummary run() throws InterruptedException {
    try (TrialExecutor.Runner runner = options.executor().open(objective, options.trialTimeout());
        ShutdownHook hook = ShutdownHook.of("dendra-sweep-shutdown", () -> shutDown(runner))) {
      int expected = expected();
      study.add(this);
      try (heartbeats) {
        listeners.onSweepBegin(study, devices.slots(), expected);
        heartbeats.start();
        start(runner);
        await();
      } finally {
        study.remove(this);
        listeners.onSweepEnd(study, elapsed());
      }
    }
    Throwable ended = failure.get();
    if (ended instanceof RuntimeException e) {
      throw e;
    }
    if (ended instanceof Error e) {
      throw e;
    }
    return counts.summary(elapsed());
  }

  private void start(TrialExecutor.Runner runner) {
    TrialEnds ends = new TrialEnds(study, options.retries(), devices, listeners, counts);
    for (int i = 0; i < devices.slots().size(); i++) {
      SweepWorker worker =
          new SweepWorker(this, runner, new SweepWorker.Shared(devices, budget, running, ends));
      Thread thread = new Thread(worker, "dendra-sweep-" + study.name() + "-" + i);
      thread.setDaemon(true);
      workers.add(thread);
    }
    workers.forEach(Thread::start);
  }

  private void await() throws InterruptedException {
    try {
      for (Thread worker : workers) {
        while (worker.isAlive() && !abandoned) {
          worker.join(100);
        }
      }
    } catch (InterruptedException e) {
      abandon();
      awaitAbandoned();
      throw e;
    }
    if (abandoned) {
      awaitAbandoned();
    }
  }

  /** Their trials wait again: an interrupted objective is not a failed one. */
  private void awaitAbandoned() {
    long end = System.nanoTime() + GRACE.toNanos();
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left > 0) {
          worker.join(left);
        }
      } catch (InterruptedException e) {
        // Wanted already, so what remains is not waited for.
        interrupted = true;
        end = System.nanoTime();
      }
    }
    running.giveBackAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The JVM ends, by Ctrl-C or otherwise: no time for objectives. */
  private void shutDown(TrialExecutor.Runner runner) {
    stopped = true;
    abandoned = true;
    running.giveBackAll();
    runner.close();
  }

  private Duration elapsed() {
    return Duration.between(begin, Instant.now());
  }

  /** Starts no more trials. */
  void stop() {
    stopped = true;
    running.changed();
  }

  /** Ends the sweep, with the trials that run. */
  private void abandon() {
    stop();
    abandoned = true;
    workers.forEach(Thread::interrupt);
  }

  /**
   * The sweep cannot go on: the storage cannot be used, no device is left, or the loop is wrong.
   */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    abandon();
  }

  /** Whether running trials are to be given back rather than ended. */
  boolean isAbandoned() {
    return abandoned;
  }

  boolean mayStart() {
    return !stopped
        && options.timeout().map(timeout -> elapsed().compareTo(timeout) < 0).orElse(true);
  }

  Study study() {
    return study;
  }

  /** Whether processes that may be dead hold trials, or a trial waits for somebody. */
  boolean othersMayReturn() {
    return heartbeats.othersMayReturn();
  }

  Listeners listeners() {
    return listeners;
  }

  OptimizeOptions options() {
    return options;
  }
}
