package io.dendra.sweep.samplers;

import io.dendra.sweep.TrialRecord;
import java.util.List;

/**
 * The values that trials had for some parameters, as columns. Trials that lack a parameter, or
 * whose value lies outside its bounds of today, are left out.
 *
 * @param columns one for each parameter of the space, in its order; as in {@link TrialRows}
 * @param count of the trials
 */
record Observations(double[][] columns, int count) {
  static Observations of(List<TrialRecord> trials, TrialRows rows) {
    double[][] kept = new double[trials.size()][];
    int count = 0;
    for (TrialRecord trial : trials) {
      double[] row = rows.of(trial);
      if (row != null) {
        kept[count++] = row;
      }
    }
    double[][] columns = new double[rows.size()][count];
    for (int i = 0; i < count; i++) {
      for (int d = 0; d < columns.length; d++) {
        columns[d][i] = kept[i][d];
      }
    }
    return new Observations(columns, count);
  }
}
