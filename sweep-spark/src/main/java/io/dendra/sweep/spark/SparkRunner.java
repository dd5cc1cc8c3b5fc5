package io.dendra.sweep.spark;

import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.Trial;
import io.dendra.sweep.devices.DeviceLease;
import io.dendra.sweep.execution.TrialExecutor;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.WorkerLostException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the trials of a sweep on executors, a lost one's on another. */
final class SparkRunner implements TrialExecutor.Runner {
  private static final Logger LOG = LoggerFactory.getLogger(SparkRunner.class);

  /** As Spark's own {@code spark.task.maxFailures}: more, and it is the trial that ends them. */
  static final int EXECUTORS = 4;

  /** Runs a trial on one executor. */
  @FunctionalInterface
  interface OneExecutor {
    TrialOutcome run(Trial trial) throws InterruptedException;
  }

  private final OneExecutor trials;
  private final BooleanSupplier stopped;

  SparkRunner(OneExecutor trials, BooleanSupplier stopped) {
    this.trials = trials;
    this.stopped = stopped;
  }

  @Override
  public TrialOutcome run(Trial trial, DeviceLease slot) throws InterruptedException {
    for (int executor = 1; ; executor++) {
      TrialOutcome outcome = once(trial);
      if (!(outcome instanceof TrialOutcome.Failed failed)) {
        return outcome;
      }
      if (stopped.getAsBoolean()) {
        // All slots are of one device, which is the application: so the sweep ends, and what runs
        // is given back instead of counted as failed.
        return new TrialOutcome.Failed(
            new DeviceLostException("the Spark application has ended", failed.cause()));
      }
      if (!(failed.cause() instanceof WorkerLostException) || executor == EXECUTORS) {
        return failed;
      }
      LOG.warn(
          "trial {} lost its executor and goes to another, {} of at most {}: {}",
          trial.number(),
          executor + 1,
          EXECUTORS,
          failed.cause().getMessage());
    }
  }

  private TrialOutcome once(Trial trial) throws InterruptedException {
    try {
      return trials.run(trial);
    } catch (RuntimeException e) {
      return new TrialOutcome.Failed(e);
    }
  }

  /** Whoever made it closes the server of trials. */
  @Override
  public void close() {}
}
