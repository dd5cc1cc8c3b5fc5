package io.dendra.sweep.execution;

import io.dendra.backend.Backends;
import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.devices.DeviceLease;
import io.dendra.tensor.Device;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs trials in the threads that ask for it. One that takes too long is interrupted: it ends when
 * it waits, reports or suggests next.
 */
final class ThreadRunner implements TrialExecutor.Runner {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadRunner.class);

  private final Objective objective;
  private final Optional<Duration> limit;

  ThreadRunner(Objective objective, Optional<Duration> limit) {
    this.objective = objective;
    this.limit = limit;
  }

  @Override
  public TrialOutcome run(Trial trial, DeviceLease slot) throws InterruptedException {
    Alarm alarm = Alarm.after(limit, "trial " + trial.number());
    try {
      return slot.withThreads(() -> evaluate(trial));
    } catch (TrialPrunedException e) {
      return new TrialOutcome.Pruned();
    } catch (InterruptedException e) {
      if (!alarm.hasRung()) {
        throw e;
      }
      return tooLong(trial, e);
    } catch (Throwable e) {
      return alarm.hasRung() ? tooLong(trial, e) : new TrialOutcome.Failed(withDevice(slot, e));
    } finally {
      alarm.cancel();
    }
  }

  private TrialOutcome evaluate(Trial trial) throws Exception {
    double[] values = ObjectiveRun.evaluate(objective, trial);
    return new TrialOutcome.Complete(Arrays.stream(values).boxed().toList());
  }

  private TrialOutcome tooLong(Trial trial, Throwable cause) {
    return new TrialOutcome.Failed(
        new TrialTimeoutException(trial.number(), limit.orElseThrow(), cause));
  }

  /** The first error of a device that dies may be any: whether it is dead shows by using it. */
  private static Throwable withDevice(DeviceLease slot, Throwable cause) {
    Device device = slot.device();
    try {
      Backends.open(device).backend().synchronize();
      return cause;
    } catch (DeviceLostException e) {
      return new DeviceLostException(e.getMessage(), cause);
    } catch (RuntimeException e) {
      LOG.debug("{} fails after a trial that failed on it", device, e);
      return cause;
    }
  }

  @Override
  public void close() {}
}
