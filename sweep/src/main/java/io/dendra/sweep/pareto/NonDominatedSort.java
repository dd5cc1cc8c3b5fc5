package io.dendra.sweep.pareto;

import java.util.Arrays;

/**
 * Puts points into fronts: the first front is what no point dominates, the next what only points of
 * the first do, and so on (K. Deb et al., "A fast and elitist multiobjective genetic algorithm:
 * NSGA-II", 2002).
 *
 * <p>Points are losses: smaller is better. NaN counts as worse than anything.
 */
public final class NonDominatedSort {
  private NonDominatedSort() {}

  /** Whether a point is nowhere worse than another, and somewhere better. */
  public static boolean dominates(double[] losses, double[] other) {
    boolean better = false;
    for (int i = 0; i < losses.length; i++) {
      // NaN comes after everything else in this order.
      int order = Double.compare(losses[i] + 0.0, other[i] + 0.0);
      if (order > 0) {
        return false;
      }
      better |= order < 0;
    }
    return better;
  }

  /** The front of each point, from 0. Equal points share a front. */
  public static int[] ranks(double[][] losses) {
    int count = losses.length;
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> lexical(losses[a], losses[b]));
    int[] ranks = new int[count];
    // Whoever dominates a point comes before it in this order, so its front is known by then.
    for (int i = 0; i < count; i++) {
      double[] point = losses[order[i]];
      int rank = 0;
      for (int j = 0; j < i; j++) {
        if (ranks[order[j]] >= rank && dominates(losses[order[j]], point)) {
          rank = ranks[order[j]] + 1;
        }
      }
      ranks[order[i]] = rank;
    }
    return ranks;
  }

  private static int lexical(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      int order = Double.compare(a[i] + 0.0, b[i] + 0.0);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
