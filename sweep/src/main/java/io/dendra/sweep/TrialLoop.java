package io.dendra.sweep;

import io.dendra.backend.Backends;
import io.dendra.sweep.devices.DeviceLease;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.storage.TrialLease;
import io.dendra.tensor.TensorScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the trials of one call of {@link Study#optimize}: workers that ask, evaluate and tell. */
final class TrialLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrialLoop.class);

  private final Study study;
  private final Objective objective;
  private final OptimizeOptions options;
  private final DevicePool devices;
  private final Listeners listeners;
  private final Heartbeats heartbeats;
  private final AtomicInteger complete = new AtomicInteger();
  private final AtomicInteger pruned = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Instant begin = Instant.now();
  private final int limit;
  private volatile boolean stopped;

  TrialLoop(Study study, Objective objective, OptimizeOptions options) {
    this.study = study;
    this.objective = objective;
    this.options = options;
    this.devices =
        options
            .devices()
            .orElseGet(
                () ->
                    DevicePool.of(
                        Collections.nCopies(1, Backends.defaultDevice()), options.workers()));
    this.listeners = new Listeners(options.listeners());
    this.heartbeats = new Heartbeats(study, options.heartbeat(), options.grace());
    this.limit = limit();
  }

  private int limit() {
    long here =
        study.trials().stream().filter(trial -> trial.state() != TrialState.WAITING).count();
    return (int) Math.min(options.totalTrials(), here + options.trials());
  }

  SweepSummary run() throws InterruptedException {
    study.listen(listeners);
    listeners.onSweepBegin(study, devices.slots(), limit);
    List<Thread> workers = new ArrayList<>();
    try (heartbeats) {
      heartbeats.start();
      for (int i = 0; i < devices.slots().size(); i++) {
        Thread worker = new Thread(this::work, "dendra-sweep-" + study.name() + "-" + i);
        worker.setDaemon(true);
        worker.start();
        workers.add(worker);
      }
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      stop(workers);
      throw e;
    } finally {
      study.listen(SweepListener.NONE);
    }
    Duration elapsed = Duration.between(begin, Instant.now());
    listeners.onSweepEnd(study, elapsed);
    Throwable ended = failure.get();
    if (ended instanceof RuntimeException e) {
      throw e;
    }
    if (ended instanceof Error e) {
      throw e;
    }
    return new SweepSummary(complete.get(), pruned.get(), failed.get(), elapsed);
  }

  /** Their trials wait again: an interrupted objective is not a failed one. */
  private void stop(List<Thread> workers) {
    stopped = true;
    workers.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        worker.join(Duration.ofSeconds(10).toMillis());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (!stopped && !timeIsUp()) {
        try (DeviceLease slot = devices.lease()) {
          Optional<Trial> trial = study.ask(limit, slot.device());
          if (trial.isPresent()) {
            attempt((StudyTrial) trial.get(), slot);
          } else if (!heartbeats.mayRevive()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The storage cannot be used, or the loop is wrong: no worker can go on.
      failure.compareAndSet(null, e);
      stopped = true;
    }
  }

  private boolean timeIsUp() {
    return options
        .timeout()
        .map(timeout -> Duration.between(begin, Instant.now()).compareTo(timeout) >= 0)
        .orElse(false);
  }

  private void attempt(StudyTrial trial, DeviceLease slot) throws InterruptedException {
    heartbeats.add(trial.lease());
    try {
      listeners.onTrialBegin(trial, slot.toString());
      evaluate(trial);
    } catch (LostTrialException e) {
      LOG.warn("{}", e.getMessage());
    } finally {
      heartbeats.remove(trial.lease());
    }
    listeners.onTrialEnd(study.trials().get(trial.number()), slot.toString());
  }

  private void evaluate(StudyTrial trial) throws InterruptedException {
    double[] values;
    try {
      values = valuesOf(trial);
    } catch (TrialPrunedException e) {
      study.tellPruned(trial);
      pruned.incrementAndGet();
      return;
    } catch (LostTrialException e) {
      throw e;
    } catch (InterruptedException e) {
      study.giveBack(trial);
      throw e;
    } catch (Throwable e) {
      failed(trial, e);
      return;
    }
    study.tell(trial, values);
    complete.incrementAndGet();
  }

  private double[] valuesOf(StudyTrial trial) throws Exception {
    AtomicReference<double[]> values = new AtomicReference<>();
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Backends.use(
        trial.device(),
        () -> {
          try (TensorScope scope = TensorScope.open("trial " + trial.number())) {
            values.set(objective.evaluateAll(trial));
          } catch (Exception e) {
            thrown.set(e);
          }
        });
    if (thrown.get() != null) {
      throw thrown.get();
    }
    return values.get();
  }

  private void failed(StudyTrial trial, Throwable cause) {
    int attempts = TrialLease.attempts(study.trials().get(trial.number()));
    if (attempts <= options.retries()) {
      LOG.warn("trial {} failed and is tried again", trial.number(), cause);
      study.giveBack(trial);
    } else {
      LOG.warn("trial {} failed", trial.number(), cause);
      study.tellFailed(trial, cause);
      failed.incrementAndGet();
    }
  }
}
