package io.dendra.sweep.samplers;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Map;

/**
 * The values that trials had for the parameters of one space: places in the unit interval for
 * numbers, indices for choices. Those of finished trials, which do not change any more, are worked
 * out once, since snapshots share them. For several threads.
 */
final class TrialRows {
  private final String[] names;
  private final Distribution[] distributions;

  /** By the trials' numbers. Threads may overwrite what others stored: they work it out again. */
  private volatile Row[] rows = new Row[0];

  TrialRows(Map<String, Distribution> space) {
    this.names = space.keySet().toArray(new String[0]);
    this.distributions = space.values().toArray(new Distribution[0]);
  }

  /** How many parameters. */
  int size() {
    return names.length;
  }

  /** Null for a trial that lacks a parameter, or whose value lies outside its bounds of today. */
  double[] of(TrialRecord trial) {
    int number = trial.number();
    Row[] known = rows;
    if (number < known.length && known[number] != null && known[number].refersTo(trial)) {
      return known[number].places;
    }
    double[] places = places(trial);
    if (trial.state().isFinished()) {
      if (number >= known.length) {
        known = Arrays.copyOf(known, Math.max(number + 1, known.length * 2));
        rows = known;
      }
      known[number] = new Row(trial, places);
    }
    return places;
  }

  private double[] places(TrialRecord trial) {
    double[] places = new double[names.length];
    for (int d = 0; d < names.length; d++) {
      ParameterValue value = trial.parameters().get(names[d]);
      places[d] = value == null ? Double.NaN : place(distributions[d], value);
      if (Double.isNaN(places[d])) {
        return null;
      }
    }
    return places;
  }

  /** NaN for what does not belong to the distribution. */
  private static double place(Distribution distribution, ParameterValue value) {
    if (!distribution.isCompatibleWith(value.distribution())) {
      return Double.NaN;
    }
    if (distribution instanceof CategoricalDistribution) {
      return value.internal();
    }
    double place = UnitInterval.toUnit(distribution, value.internal());
    return place >= 0 && place <= 1 ? place : Double.NaN;
  }

  /** Holds the trial by identity, and not for longer than others do. */
  private static final class Row extends WeakReference<TrialRecord> {
    final double[] places;

    Row(TrialRecord trial, double[] places) {
      super(trial);
      this.places = places;
    }
  }
}
