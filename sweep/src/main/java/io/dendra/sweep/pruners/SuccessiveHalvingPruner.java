package io.dendra.sweep.pruners;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Asynchronous successive halving (ASHA; L. Li et al., "A system for massively parallel
 * hyperparameter tuning", 2018): trials meet at rungs, each {@code reductionFactor} times as far as
 * the one before, and only the best of {@code reductionFactor} go on.
 *
 * <p>Rung {@code r} stands at step {@code minResource * reductionFactor^(minEarlyStoppingRate +
 * r)}; what counts there is a trial's first report at that step or later. Trials do not wait for
 * each other: each is compared with those that came before it. A trial with NaN at a rung ends.
 *
 * <p>Names, defaults and decisions are those of Optuna, which notes in attributes what a trial had
 * at a rung. Here the reports alone decide, so that nothing is lost when a process dies, and three
 * things differ. With {@code minResource} left to the study, trials that came before the first
 * complete one, and that one, count at the rungs that they passed. A report that passes several
 * rungs at once counts in all of them, also when it ends the trial in the first. And a trial is
 * judged with the report that comes to a rung, so {@code shouldPrune} has to be asked after each.
 */
public final class SuccessiveHalvingPruner implements Pruner {
  private static final int AUTO = 0;

  private int minResource = AUTO;
  private int reductionFactor = 4;
  private int minEarlyStoppingRate;
  private int bootstrapCount;

  /**
   * The step of the first rung; by default a hundredth of the last step of the longest complete
   * trial, at least 1, and no trial ends before one is complete.
   */
  public SuccessiveHalvingPruner minResource(int step) {
    this.minResource = Settings.atLeast(1, step, "minResource");
    return this;
  }

  /** How far rungs are apart, and of how many trials one goes on; 4 by default. */
  public SuccessiveHalvingPruner reductionFactor(int factor) {
    this.reductionFactor = Settings.atLeast(2, factor, "reductionFactor");
    return this;
  }

  /** How many rungs to leave out at the start; 0 by default. */
  public SuccessiveHalvingPruner minEarlyStoppingRate(int rate) {
    this.minEarlyStoppingRate = Settings.atLeast(0, rate, "minEarlyStoppingRate");
    return this;
  }

  /**
   * How many trials a rung must have seen before one passes it: until then trials end there; 0 by
   * default.
   *
   * @throws IllegalArgumentException when {@link #minResource} has not been set before
   */
  public SuccessiveHalvingPruner bootstrapCount(int trials) {
    if (trials > 0 && minResource == AUTO) {
      throw new IllegalArgumentException(
          "a bootstrapCount of " + trials + " needs minResource, which has to be set before");
    }
    this.bootstrapCount = Settings.atLeast(0, trials, "bootstrapCount");
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    return shouldPrune(study, other -> true, trial);
  }

  /** Judges a trial by some of the others alone; they are only looked at when it is at a rung. */
  boolean shouldPrune(StudySnapshot study, Predicate<TrialRecord> comparable, TrialRecord trial) {
    if (trial.reports().isEmpty()) {
      return false;
    }
    OptionalInt first = minResource(study);
    if (first.isEmpty()) {
      return false;
    }
    int last = trial.reports().lastKey();
    double step = first.getAsInt() * Math.pow(reductionFactor, minEarlyStoppingRate);
    for (; step <= last; step *= reductionFactor) {
      int rung = (int) step;
      // Trials are judged when they come to a rung, not again later.
      if (trial.reports().ceilingKey(rung) == last && endsAt(rung, study, comparable, trial)) {
        return true;
      }
    }
    return false;
  }

  private OptionalInt minResource(StudySnapshot study) {
    if (minResource != AUTO) {
      return OptionalInt.of(minResource);
    }
    OptionalInt longest = longest(study);
    return longest.isPresent()
        ? OptionalInt.of(Math.max(longest.getAsInt() / 100, 1))
        : OptionalInt.empty();
  }

  /** The last step that a complete trial reported. */
  static OptionalInt longest(StudySnapshot study) {
    int longest = Integer.MIN_VALUE;
    for (TrialRecord trial : study.trials()) {
      if (trial.state() == TrialState.COMPLETE && !trial.reports().isEmpty()) {
        longest = Math.max(longest, trial.reports().lastKey());
      }
    }
    return longest == Integer.MIN_VALUE ? OptionalInt.empty() : OptionalInt.of(longest);
  }

  private boolean endsAt(
      int rung, StudySnapshot study, Predicate<TrialRecord> comparable, TrialRecord trial) {
    double value = trial.reports().lastEntry().getValue();
    if (Double.isNaN(value)) {
      return true;
    }
    Direction direction = study.direction();
    double[] losses = new double[study.trials().size() + 1];
    int count = 0;
    losses[count++] = direction.asLoss(value);
    for (TrialRecord other : study.trials()) {
      if (other.number() == trial.number() || !comparable.test(other)) {
        continue;
      }
      Map.Entry<Integer, Double> there = other.reports().ceilingEntry(rung);
      if (there != null && !there.getValue().isNaN()) {
        losses[count++] = direction.asLoss(there.getValue());
      }
    }
    if (count <= bootstrapCount) {
      return true;
    }
    Arrays.sort(losses, 0, count);
    int passing = Math.max(count / reductionFactor, 1);
    return direction.asLoss(value) > losses[passing - 1];
  }
}
