package io.dendra.sweep.importance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Trials as the forest sees them.
 *
 * @param domains of the parameters
 * @param columns the places of each parameter, {@code [parameters][samples]}
 * @param ranks the order of the samples by each parameter, {@code [parameters][samples]}
 * @param values of the objective, {@code [samples]}
 */
record Samples(List<Domain> domains, double[][] columns, int[][] ranks, double[] values) {
  static Samples of(List<Domain> domains, double[][] columns, double[] values) {
    int[][] ranks = new int[columns.length][];
    for (int p = 0; p < ranks.length; p++) {
      ranks[p] = ranks(columns[p]);
    }
    return new Samples(domains, columns, ranks, values);
  }

  private static int[] ranks(double[] column) {
    Integer[] order = new Integer[column.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> column[i]));
    int[] ranks = new int[column.length];
    for (int place = 0; place < order.length; place++) {
      ranks[order[place]] = place;
    }
    return ranks;
  }

  /** Some samples, sorted by a parameter. */
  int[] sorted(int[] some, int parameter) {
    // Sorting numbers is many times as fast as sorting by a comparison.
    long[] keys = new long[some.length];
    for (int i = 0; i < some.length; i++) {
      keys[i] = (long) ranks[parameter][some[i]] << 32 | some[i];
    }
    Arrays.sort(keys);
    int[] sorted = new int[some.length];
    for (int i = 0; i < some.length; i++) {
      sorted[i] = (int) keys[i];
    }
    return sorted;
  }
}
