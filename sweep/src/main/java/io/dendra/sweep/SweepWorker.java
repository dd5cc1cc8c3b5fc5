package io.dendra.sweep;

import io.dendra.sweep.devices.DeviceLease;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.execution.TrialExecutor;
import io.dendra.sweep.execution.TrialOutcome;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of a sweep: leases a slot, asks for a trial, runs it and tells how it ended. */
final class SweepWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SweepWorker.class);

  /** How often a worker with nothing to do looks at the study. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** The system attribute that names a trial's slot. */
  private static final String SLOT = "dendra:slot";

  private final TrialLoop loop;
  private final TrialExecutor.Runner runner;
  private final Shared shared;

  /** What the workers of a sweep have in common. */
  record Shared(DevicePool devices, TrialBudget budget, RunningTrials running, TrialEnds ends) {}

  SweepWorker(TrialLoop loop, TrialExecutor.Runner runner, Shared shared) {
    this.loop = loop;
    this.runner = runner;
    this.shared = shared;
  }

  @Override
  public void run() {
    try {
      while (loop.mayStart()) {
        boolean mayTake = shared.budget.take();
        if ((!mayTake || !runOne()) && !mayComeLater(mayTake)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // The sweep was abandoned, which is all there is to know.
      LOG.debug("a worker was interrupted");
    } catch (RuntimeException | Error e) {
      loop.fail(e);
    }
  }

  /** Whether there was a trial to run, with one of the budget. */
  private boolean runOne() throws InterruptedException {
    boolean used = false;
    try {
      Optional<DeviceLease> lease = shared.devices.lease(loop::mayStart);
      if (lease.isEmpty()) {
        return false;
      }
      try (DeviceLease slot = lease.get()) {
        Optional<Trial> trial = ask(slot);
        if (trial.isEmpty()) {
          return false;
        }
        used = attempt((StudyTrial) trial.get(), slot);
        return true;
      }
    } finally {
      if (!used) {
        shared.budget.giveBack();
      }
    }
  }

  /** It notes where it runs, for the timeline of reports. */
  private Optional<Trial> ask(DeviceLease slot) {
    int most = loop.options().totalTrials();
    return loop.study().ask(most, slot.device(), Map.of(SLOT, slot.toString()));
  }

  /** Whether the trial has ended for this sweep; else it waits again. */
  private boolean attempt(StudyTrial trial, DeviceLease slot) throws InterruptedException {
    boolean ended = true;
    trial.listen(loop.listeners());
    shared.running.add(trial);
    try {
      loop.listeners().onTrialBegin(trial, slot.toString());
      TrialOutcome outcome = outcome(trial, slot);
      if (outcome instanceof TrialOutcome.Failed && loop.isAbandoned()) {
        loop.study().giveBack(trial);
        throw new InterruptedException();
      }
      ended = shared.ends.end(trial, slot, outcome);
    } catch (LostTrialException e) {
      if (loop.isAbandoned()) {
        LOG.debug("trial {} was given back by the end of the sweep", trial.number(), e);
      } else {
        LOG.warn("{}", e.getMessage());
      }
    } finally {
      shared.running.remove(trial);
    }
    loop.listeners().onTrialEnd(loop.study().trials().get(trial.number()), slot.toString());
    return ended;
  }

  private TrialOutcome outcome(StudyTrial trial, DeviceLease slot) throws InterruptedException {
    try {
      TrialOutcome outcome = runner.run(trial, slot);
      // What an objective leaves behind is not for the worker, unless the sweep is to end.
      if (Thread.interrupted() && loop.isAbandoned()) {
        Thread.currentThread().interrupt();
      }
      return outcome;
    } catch (InterruptedException e) {
      if (loop.isAbandoned()) {
        loop.study().giveBack(trial);
        throw e;
      }
      return new TrialOutcome.Failed(e);
    }
  }

  /**
   * Whether trials that run here, or elsewhere if the budget has room for them, may have to be run
   * again; waits a moment if so.
   */
  private boolean mayComeLater(boolean fromOthers) throws InterruptedException {
    boolean here = loop.options().retries() > 0 && !shared.running.isEmpty();
    if (!here && !(fromOthers && loop.othersMayReturn())) {
      return false;
    }
    shared.running.awaitChange(LOOK);
    return true;
  }
}
