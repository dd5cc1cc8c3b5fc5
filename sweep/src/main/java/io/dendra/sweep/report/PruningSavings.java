package io.dendra.sweep.report;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An estimate of what pruning saved, without running the study again: the steps that pruned trials
 * did not run, each at the pace of its own trial. The pace is that of the steps after the first,
 * which alone has to make ready what the others use; a trial that was pruned after its first step
 * is taken to be as much faster afterwards as other trials were.
 *
 * <p>It knows nothing of what a sampler would have drawn from the results of whole trials, and on a
 * machine that is now busy and now idle the pace of a short trial says little.
 *
 * @param time which the missing steps would have taken
 * @param steps that were not run
 * @param trials that were pruned
 */
public record PruningSavings(Duration time, long steps, int trials) {
  /** The user attribute by which a trial says how many steps it would have run. */
  public static final String PLANNED = "epochs";

  /** The user attribute by which a trial says how long its first step took, in seconds. */
  public static final String FIRST_STEP = "first_epoch_seconds";

  /** The user attribute by which a trial says how long each later step took, in seconds. */
  public static final String LATER_STEPS = "epoch_seconds";

  /**
   * The savings of a study. How far a pruned trial would have gone is what it noted as {@link
   * #PLANNED}, else the most reports of a complete trial. Trials without noted times count by their
   * whole duration.
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
    double laterToFirst = laterToFirst(trials);
    double seconds = 0;
    long missing = 0;
    int pruned = 0;
    for (TrialRecord trial : trials) {
      if (trial.state() != TrialState.PRUNED) {
        continue;
      }
      pruned++;
      int run = trial.reports().size();
      long planned = noted(trial, PLANNED).map(Double::longValue).orElse((long) longest);
      if (run == 0 || planned <= run) {
        continue;
      }
      missing += planned - run;
      seconds += (planned - run) * pace(trial, run, laterToFirst);
    }
    return pruned == 0
        ? Optional.empty()
        : Optional.of(
            new PruningSavings(Duration.ofMillis(Math.round(1000 * seconds)), missing, pruned));
  }

  /** Seconds for each further step. */
  private static double pace(TrialRecord trial, int run, double laterToFirst) {
    return noted(trial, LATER_STEPS)
        .or(() -> noted(trial, FIRST_STEP).map(first -> first * laterToFirst))
        .orElse(trial.duration().orElse(Duration.ZERO).toMillis() / 1000.0 / run);
  }

  /** The median over trials of how long a later step took in terms of the first. */
  private static double laterToFirst(List<TrialRecord> trials) {
    double[] ratios =
        trials.stream()
            .filter(trial -> noted(trial, LATER_STEPS).isPresent())
            .filter(trial -> noted(trial, FIRST_STEP).filter(first -> first > 0).isPresent())
            .mapToDouble(
                trial ->
                    noted(trial, LATER_STEPS).orElseThrow()
                        / noted(trial, FIRST_STEP).orElseThrow())
            .sorted()
            .toArray();
    return ratios.length == 0 ? 1 : ratios[ratios.length / 2];
  }

  /** A number that is not negative; anything may stand in a database. */
  private static Optional<Double> noted(TrialRecord trial, String attribute) {
    return trial.userAttributes().get(attribute) instanceof Number number
            && number.doubleValue() >= 0
            && Double.isFinite(number.doubleValue())
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }
}
