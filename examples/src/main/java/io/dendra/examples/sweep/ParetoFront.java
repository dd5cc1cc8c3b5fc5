package io.dendra.examples.sweep;

import io.dendra.sweep.Direction;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.List;

/** The trials that no other beats in all objectives. */
final class ParetoFront {
  private ParetoFront() {}

  static List<TrialRecord> of(List<TrialRecord> trials, List<Direction> directions) {
    List<TrialRecord> complete =
        trials.stream().filter(trial -> trial.state() == TrialState.COMPLETE).toList();
    return complete.stream()
        .filter(trial -> complete.stream().noneMatch(other -> dominates(other, trial, directions)))
        .toList();
  }

  /** Whether one is nowhere worse and somewhere better. */
  private static boolean dominates(TrialRecord one, TrialRecord other, List<Direction> directions) {
    boolean better = false;
    for (int i = 0; i < directions.size(); i++) {
      if (directions.get(i).isBetter(other.values().get(i), one.values().get(i))) {
        return false;
      }
      better |= directions.get(i).isBetter(one.values().get(i), other.values().get(i));
    }
    return better;
  }
}
