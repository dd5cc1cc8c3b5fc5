package io.dendra.sweep.pruners;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;

/**
 * Ends a trial that reports a value outside of bounds, or NaN: {@code
 * ThresholdPruner.upper(10).warmupSteps(1)} for losses that explode.
 *
 * <p>Names and decisions are those of Optuna.
 */
public final class ThresholdPruner implements Pruner {
  private final double lower;
  private final double upper;
  private Steps steps = Steps.ALL;

  /**
   * Keeps trials whose reports lie within bounds, both included.
   *
   * @throws IllegalArgumentException when they are in the wrong order
   */
  public ThresholdPruner(double lower, double upper) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "bounds go from a number to one not smaller, given " + lower + " and " + upper);
    }
    this.lower = lower;
    this.upper = upper;
  }

  /** Ends trials that report less. */
  public static ThresholdPruner lower(double least) {
    return new ThresholdPruner(least, Double.POSITIVE_INFINITY);
  }

  /** Ends trials that report more. */
  public static ThresholdPruner upper(double most) {
    return new ThresholdPruner(Double.NEGATIVE_INFINITY, most);
  }

  /** Ends none before it has reported this step; 0 by default. */
  public ThresholdPruner warmupSteps(int warmup) {
    this.steps = steps.withWarmup(warmup);
    return this;
  }

  /** Decides once in so many steps, counted from the end of the warm-up; 1 by default. */
  public ThresholdPruner intervalSteps(int interval) {
    this.steps = steps.withInterval(interval);
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    if (!steps.include(trial.reports())) {
      return false;
    }
    double last = trial.reports().lastEntry().getValue();
    return !(last >= lower && last <= upper);
  }
}
