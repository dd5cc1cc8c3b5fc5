package io.dendra.sweep.report;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What pruning saved, as far as a study can tell without being run again: the steps that pruned
 * trials did not run, each at the pace of its own trial.
 *
 * @param time which the missing steps would have taken
 * @param steps that were not run
 * @param trials that were pruned
 */
public record PruningSavings(Duration time, long steps, int trials) {
  /** The user attribute by which a trial says how many steps it would have run. */
  public static final String PLANNED = "epochs";

  /**
   * The savings of a study. How far a pruned trial would have gone is what it noted as {@link
   * #PLANNED}, else the most reports of a complete trial.
   *
   * @return empty when nothing was pruned
   */
  public static Optional<PruningSavings> of(List<TrialRecord> trials) {
    int longest =
        trials.stream()
            .filter(trial -> trial.state() == TrialState.COMPLETE)
            .mapToInt(trial -> trial.reports().size())
            .max()
            .orElse(0);
    Duration time = Duration.ZERO;
    long missing = 0;
    int pruned = 0;
    for (TrialRecord trial : trials) {
      if (trial.state() != TrialState.PRUNED) {
        continue;
      }
      pruned++;
      int run = trial.reports().size();
      long planned =
          trial.userAttributes().get(PLANNED) instanceof Number number
              ? number.longValue()
              : longest;
      if (run == 0 || planned <= run) {
        continue;
      }
      missing += planned - run;
      double pace = trial.duration().orElse(Duration.ZERO).toMillis() / (double) run;
      time = time.plusMillis(Math.round(pace * (planned - run)));
    }
    return pruned == 0 ? Optional.empty() : Optional.of(new PruningSavings(time, missing, pruned));
  }
}
