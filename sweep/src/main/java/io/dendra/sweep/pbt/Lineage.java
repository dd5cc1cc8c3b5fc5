package io.dendra.sweep.pbt;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a member comes from: a function of the generation before alone, which has ended by then.
 *
 * @param parent the trial whose weights it takes over, unless it begins anew
 * @param explores whether its parameters are changed, since it took over from another member
 */
record Lineage(Optional<TrialRecord> parent, boolean explores) {
  private static final Lineage NONE = new Lineage(Optional.empty(), false);

  /**
   * The origin of a trial by truncation selection.
   *
   * @param quantile the share of members that give up, and of those that they take over from
   */
  static Lineage of(StudySnapshot study, int number, int population, double quantile) {
    int first = (number / population - 1) * population;
    List<TrialRecord> ranked = new ArrayList<>();
    List<Integer> lost = new ArrayList<>();
    for (TrialRecord trial : study.trials()) {
      if (trial.number() >= first && trial.number() < first + population) {
        if (trial.state() == TrialState.COMPLETE) {
          ranked.add(trial);
        } else {
          lost.add(trial.number());
        }
      }
    }
    if (first < 0 || ranked.isEmpty()) {
      return NONE;
    }
    Direction direction = study.direction();
    ranked.sort(
        Comparator.comparingDouble((TrialRecord trial) -> direction.asLoss(trial.value()))
            .thenComparingInt(TrialRecord::number));
    int selected = Math.min((int) Math.ceil(population * quantile), ranked.size() / 2);
    int before = number - population;
    int failed = lost.indexOf(before);
    if (failed >= 0) {
      return taking(ranked.get(failed % Math.max(1, selected)));
    }
    for (int place = 0; place < ranked.size(); place++) {
      if (ranked.get(place).number() == before) {
        int fromBelow = ranked.size() - 1 - place;
        return fromBelow < selected
            ? taking(ranked.get(fromBelow))
            : new Lineage(Optional.of(ranked.get(place)), false);
      }
    }
    return NONE;
  }

  private static Lineage taking(TrialRecord donor) {
    return new Lineage(Optional.of(donor), true);
  }
}
