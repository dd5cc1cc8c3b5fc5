package io.dendra.sweep.pruners;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets trials go on that still get better, and asks another pruner about those that have not for a
 * while:
 *
 * <pre>{@code
 * new PatientPruner(new MedianPruner(), 3)
 * }</pre>
 *
 * <p>Names and decisions are those of Optuna. A wrapped {@link SuccessiveHalvingPruner} lets a
 * trial pass a rung that it comes to while it gets better.
 */
public final class PatientPruner implements Pruner {
  private final Pruner wrapped;
  private final int patience;
  private double minDelta;

  /** Ends trials that have not become better for {@code patience} reports before the last. */
  public PatientPruner(int patience) {
    this((study, trial) -> true, patience);
  }

  /**
   * Asks a pruner about trials that have not become better for a while.
   *
   * @param patience how many reports without progress there may be beside the last
   */
  public PatientPruner(Pruner wrapped, int patience) {
    this.wrapped = wrapped;
    this.patience = Settings.atLeast(0, patience, "patience");
  }

  /** By how much a trial may become worse and still go on; 0 by default. */
  public PatientPruner minDelta(double delta) {
    this.minDelta = Settings.notNegative(delta, "minDelta");
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    List<Double> values = new ArrayList<>(trial.reports().values());
    int before = values.size() - patience - 1;
    if (before <= 0) {
      return false;
    }
    Direction direction = study.direction();
    double earlier = leastLoss(direction, values.subList(0, before));
    double later = leastLoss(direction, values.subList(before, values.size()));
    // Nothing but NaN is no comparison, and the wrapped pruner is not asked, as in Optuna.
    return earlier + minDelta < later && wrapped.shouldPrune(study, trial);
  }

  private static double leastLoss(Direction direction, List<Double> values) {
    return values.stream()
        .filter(value -> !value.isNaN())
        .mapToDouble(direction::asLoss)
        .min()
        .orElse(Double.NaN);
  }

  @Override
  public StudySnapshot comparable(StudySnapshot study, int number) {
    return wrapped.comparable(study, number);
  }
}
