package io.dendra.sweep.spark;

import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.WorkerLostException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands on the driver for an objective that runs on executors. */
final class SparkObjective implements Objective {
  private static final Logger LOG = LoggerFactory.getLogger(SparkObjective.class);

  /** As Spark's own {@code spark.task.maxFailures}: more, and it is the trial that ends them. */
  static final int EXECUTORS = 4;

  /** Runs a trial on an executor. */
  @FunctionalInterface
  interface Runner {
    TrialOutcome run(Trial trial) throws InterruptedException;
  }

  private final Runner trials;
  private final BooleanSupplier stopped;

  SparkObjective(Runner trials, BooleanSupplier stopped) {
    this.trials = trials;
    this.stopped = stopped;
  }

  @Override
  public double evaluate(Trial trial) throws Exception {
    return evaluateAll(trial)[0];
  }

  @Override
  public double[] evaluateAll(Trial trial) throws Exception {
    for (int executor = 1; ; executor++) {
      TrialOutcome outcome = outcome(trial);
      if (outcome instanceof TrialOutcome.Complete complete) {
        return complete.values().stream().mapToDouble(Double::doubleValue).toArray();
      }
      if (outcome instanceof TrialOutcome.Pruned) {
        throw new TrialPrunedException();
      }
      Throwable cause = ((TrialOutcome.Failed) outcome).cause();
      if (stopped.getAsBoolean()) {
        throw sparkEnded();
      }
      if (!(cause instanceof WorkerLostException) || executor == EXECUTORS) {
        throw cause instanceof Exception e ? e : new IllegalStateException(cause);
      }
      LOG.warn(
          "trial {} lost its executor, the {}. of at most {}, and goes to another: {}",
          trial.number(),
          executor,
          EXECUTORS,
          cause.getMessage());
    }
  }

  private TrialOutcome outcome(Trial trial) throws InterruptedException {
    try {
      return trials.run(trial);
    } catch (RuntimeException e) {
      if (stopped.getAsBoolean()) {
        throw sparkEnded();
      }
      throw e;
    }
  }

  /** By which a sweep gives its trials back instead of counting them as failed. */
  private static InterruptedException sparkEnded() {
    return new InterruptedException("the Spark application has ended");
  }
}
