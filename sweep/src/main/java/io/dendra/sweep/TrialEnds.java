package io.dendra.sweep;

import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.devices.DeviceLease;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.storage.StorageException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a study how its trials ended, and decides which failed ones are tried again. */
final class TrialEnds {
  private static final Logger LOG = LoggerFactory.getLogger(TrialEnds.class);

  private final Study study;
  private final int retries;
  private final DevicePool devices;
  private final Listeners listeners;
  private final SweepCounts counts;

  TrialEnds(Study study, int retries, DevicePool devices, Listeners listeners, SweepCounts counts) {
    this.study = study;
    this.retries = retries;
    this.devices = devices;
    this.listeners = listeners;
    this.counts = counts;
  }

  /**
   * Ends a trial.
   *
   * @return whether it has ended; else it waits again
   * @throws StorageException when that was its failure: the sweep cannot go on
   */
  boolean end(StudyTrial trial, DeviceLease slot, TrialOutcome outcome) {
    if (outcome instanceof TrialOutcome.Failed failed) {
      return fail(trial, slot, failed.cause());
    }
    if (outcome instanceof TrialOutcome.Complete complete) {
      double[] values = complete.values().stream().mapToDouble(Double::doubleValue).toArray();
      if (values.length != study.directions().size()) {
        return fail(trial, slot, study.wrongNumber(trial, values.length));
      }
      boolean number = complete.values().stream().noneMatch(value -> value.isNaN());
      study.tell(trial, values);
      counts.add(number ? TrialState.COMPLETE : TrialState.FAIL);
    } else {
      study.tellPruned(trial);
      counts.add(TrialState.PRUNED);
    }
    return true;
  }

  private boolean fail(StudyTrial trial, DeviceLease slot, Throwable cause) {
    find(cause, StorageException.class)
        .ifPresent(
            broken -> {
              throw broken;
            });
    find(cause, LostTrialException.class)
        .ifPresent(
            lost -> {
              throw lost;
            });
    find(cause, DeviceLostException.class).ifPresent(lost -> lose(slot, lost));
    if (devices.devices().isEmpty()) {
      study.giveBack(trial);
      return false;
    }
    if (study.noteFailure(trial, cause) <= retries) {
      LOG.warn("trial {} failed on {} and is tried again", trial.number(), slot, cause);
      study.giveBack(trial);
      return false;
    }
    LOG.warn("trial {} failed on {}", trial.number(), slot, cause);
    study.tellFailed(trial, cause);
    counts.add(TrialState.FAIL);
    return true;
  }

  private void lose(DeviceLease slot, DeviceLostException cause) {
    if (devices.lose(slot.device(), cause)) {
      LOG.warn(
          "{} is lost and gets no more trials, {} devices are left: {}",
          slot.device(),
          devices.devices().size(),
          cause.getMessage());
      listeners.onDeviceLost(slot.device(), cause);
    }
  }

  private static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < 50; depth++) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
