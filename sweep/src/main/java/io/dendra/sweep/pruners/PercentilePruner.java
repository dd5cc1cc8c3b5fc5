package io.dendra.sweep.pruners;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.Arrays;

/**
 * Ends a trial whose best report so far is worse than what a share of the complete trials reported
 * at the same step: {@code new PercentilePruner(25)} keeps the best quarter.
 *
 * <p>Names and defaults are those of Optuna. A trial that has reported nothing but NaN ends.
 */
public final class PercentilePruner implements Pruner {
  private final double percentile;
  private int startupTrials = 5;
  private int minTrials = 1;
  private Steps steps = Steps.ALL;

  /**
   * Keeps the trials within a percentile.
   *
   * @param percentile from 0 to 100; small ones end more trials
   * @throws IllegalArgumentException when it lies outside
   */
  public PercentilePruner(double percentile) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new IllegalArgumentException("a percentile is 0 to 100, given " + percentile);
    }
    this.percentile = percentile;
  }

  /** Ends none before this many trials are complete; 5 by default. */
  public PercentilePruner startupTrials(int trials) {
    this.startupTrials = Settings.atLeast(0, trials, "startupTrials");
    return this;
  }

  /** Ends none before it has reported this step; 0 by default. */
  public PercentilePruner warmupSteps(int warmup) {
    this.steps = steps.withWarmup(warmup);
    return this;
  }

  /** Decides once in so many steps, counted from the end of the warm-up; 1 by default. */
  public PercentilePruner intervalSteps(int interval) {
    this.steps = steps.withInterval(interval);
    return this;
  }

  /** Ends none unless this many complete trials reported the step; 1 by default. */
  public PercentilePruner minTrials(int trials) {
    this.minTrials = Settings.atLeast(1, trials, "minTrials");
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    if (!steps.include(trial.reports())) {
      return false;
    }
    int step = trial.reports().lastKey();
    int complete = 0;
    int reported = 0;
    double[] others = new double[study.trials().size()];
    int count = 0;
    for (TrialRecord other : study.trials()) {
      if (other.state() == TrialState.COMPLETE) {
        complete++;
        Double value = other.reports().get(step);
        if (value != null) {
          reported++;
          if (!value.isNaN()) {
            others[count++] = value;
          }
        }
      }
    }
    if (complete == 0 || complete < startupTrials) {
      return false;
    }
    Direction direction = study.direction();
    double best = best(direction, trial);
    if (Double.isNaN(best)) {
      return true;
    }
    if (reported < minTrials || count == 0) {
      return false;
    }
    double share = direction == Direction.MINIMIZE ? percentile : 100 - percentile;
    return direction.isBetter(percentile(Arrays.copyOf(others, count), share), best);
  }

  private static double best(Direction direction, TrialRecord trial) {
    double best = Double.NaN;
    for (double value : trial.reports().values()) {
      if (direction.isBetter(value, best)) {
        best = value;
      }
    }
    return best;
  }

  /** Between two values it is interpolated, with the roundings of NumPy. */
  private static double percentile(double[] values, double percentile) {
    Arrays.sort(values);
    double place = percentile / 100 * (values.length - 1);
    int below = (int) place;
    double from = values[below];
    double to = values[Math.min(below + 1, values.length - 1)];
    double part = place - below;
    if (part == 0 || from == to) {
      return from;
    }
    double distance = to - from;
    return part < 0.5 ? from + distance * part : to - distance * (1 - part);
  }
}
