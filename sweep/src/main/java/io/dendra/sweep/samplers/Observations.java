package io.dendra.sweep.samplers;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The values that trials had for some parameters, as columns: places in the unit interval for
 * numbers, indices for choices. Trials that lack a parameter, or whose value lies outside its
 * bounds of today, are left out.
 *
 * @param columns one for each parameter of the space, in its order
 * @param count of the trials
 */
record Observations(double[][] columns, int count) {
  static Observations of(List<TrialRecord> trials, Map<String, Distribution> space) {
    String[] names = space.keySet().toArray(new String[0]);
    Distribution[] distributions = space.values().toArray(new Distribution[0]);
    double[][] columns = new double[names.length][trials.size()];
    int count = 0;
    for (TrialRecord trial : trials) {
      boolean has = true;
      for (int d = 0; d < names.length && has; d++) {
        ParameterValue value = trial.parameters().get(names[d]);
        double place = value == null ? Double.NaN : place(distributions[d], value);
        columns[d][count] = place;
        has = !Double.isNaN(place);
      }
      count += has ? 1 : 0;
    }
    for (int d = 0; d < names.length; d++) {
      columns[d] = Arrays.copyOf(columns[d], count);
    }
    return new Observations(columns, count);
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
}
