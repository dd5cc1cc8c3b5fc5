package io.dendra.sweep.pruners;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;

/**
 * Ends a trial whose best report so far is worse than the median of what the complete trials
 * reported at the same step.
 *
 * <pre>{@code
 * Study.create("mnist", o -> o.pruner(new MedianPruner().startupTrials(5).warmupSteps(2)));
 * }</pre>
 *
 * <p>The rule of Google Vizier (D. Golovin et al., 2017, section 3.1.2), in Optuna's form.
 */
public final class MedianPruner implements Pruner {
  private final PercentilePruner half = new PercentilePruner(50);

  /** Ends none before this many trials are complete; 5 by default. */
  public MedianPruner startupTrials(int trials) {
    half.startupTrials(trials);
    return this;
  }

  /** Ends none before it has reported this step; 0 by default. */
  public MedianPruner warmupSteps(int warmup) {
    half.warmupSteps(warmup);
    return this;
  }

  /** Decides once in so many steps, counted from the end of the warm-up; 1 by default. */
  public MedianPruner intervalSteps(int interval) {
    half.intervalSteps(interval);
    return this;
  }

  /** Ends none unless this many complete trials reported the step; 1 by default. */
  public MedianPruner minTrials(int trials) {
    half.minTrials(trials);
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    return half.shouldPrune(study, trial);
  }
}
