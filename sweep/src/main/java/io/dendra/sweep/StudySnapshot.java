package io.dendra.sweep;

import java.util.List;
import java.util.Optional;

/**
 * A study at one moment: what samplers and pruners decide by.
 *
 * @param directions one for each objective
 * @param trials in the order of their numbers; waiting ones are left out
 */
public record StudySnapshot(List<Direction> directions, List<TrialRecord> trials) {
  /** Copies the lists. */
  public StudySnapshot {
    directions = List.copyOf(directions);
    trials = List.copyOf(trials);
  }

  /** The direction of a study of one objective. */
  public Direction direction() {
    if (directions.size() != 1) {
      throw new IllegalStateException(
          "the study has " + directions.size() + " objectives, so no single direction");
    }
    return directions.get(0);
  }

  /** The trials in a state. */
  public List<TrialRecord> in(TrialState state) {
    return trials.stream().filter(trial -> trial.state() == state).toList();
  }

  /** The complete trial with the best value; the first of several. Of one objective. */
  public Optional<TrialRecord> best() {
    Direction direction = direction();
    TrialRecord best = null;
    for (TrialRecord trial : in(TrialState.COMPLETE)) {
      if (best == null || direction.isBetter(trial.value(), best.value())) {
        best = trial;
      }
    }
    return Optional.ofNullable(best);
  }

  /**
   * The values of a complete trial as numbers to be made small, one for each objective. NaN and
   * what is missing count as infinitely bad.
   */
  public double[] losses(TrialRecord trial) {
    double[] losses = new double[directions.size()];
    for (int i = 0; i < losses.length; i++) {
      double value = i < trial.values().size() ? trial.values().get(i) : Double.NaN;
      losses[i] = Double.isNaN(value) ? Double.POSITIVE_INFINITY : directions.get(i).asLoss(value);
    }
    return losses;
  }
}
