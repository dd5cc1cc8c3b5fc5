package io.dendra.sweep.importance;

import io.dendra.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A regression tree (L. Breiman et al., CART, 1984): each split is the one that leaves the least
 * squared error; numbers are split at a threshold, choices into one and the others.
 *
 * <p>Only its leaves are kept: boxes of the space with a value each.
 */
final class Tree {
  /**
   * A part of the space where the tree has one value.
   *
   * @param low of each parameter that is a number
   * @param high of each parameter that is a number
   * @param choices of each other parameter, whether a choice belongs to it
   */
  record Leaf(double value, double[] low, double[] high, boolean[][] choices) {
    /** The share of a parameter's values that belong to it. */
    double share(Domain domain, int parameter) {
      if (!domain.isCategorical()) {
        return (high[parameter] - low[parameter]) / (domain.high() - domain.low());
      }
      int count = 0;
      for (boolean belongs : choices[parameter]) {
        count += belongs ? 1 : 0;
      }
      return count / (double) domain.choices();
    }

    private Leaf below(int parameter, double threshold) {
      double[] bounds = high.clone();
      bounds[parameter] = threshold;
      return new Leaf(value, low, bounds, choices);
    }

    private Leaf above(int parameter, double threshold) {
      double[] bounds = low.clone();
      bounds[parameter] = threshold;
      return new Leaf(value, bounds, high, choices);
    }

    private Leaf with(int parameter, int choice, boolean alone) {
      boolean[][] sets = choices.clone();
      sets[parameter] = choices[parameter].clone();
      for (int other = 0; other < sets[parameter].length; other++) {
        sets[parameter][other] &= (other == choice) == alone;
      }
      return new Leaf(value, low, high, sets);
    }

    private Leaf with(double mean) {
      return new Leaf(mean, low, high, choices);
    }
  }

  /** A split; {@code at} is a threshold or a choice. */
  private record Split(int parameter, double at, double error) {}

  private final Samples samples;
  private final int maxDepth;
  private final RandomStream random;
  private final List<Leaf> leaves = new ArrayList<>();

  private Tree(Samples samples, int maxDepth, RandomStream random) {
    this.samples = samples;
    this.maxDepth = maxDepth;
    this.random = random;
  }

  /** Grows a tree on a bootstrap sample and gives its leaves. */
  static List<Leaf> leaves(Samples samples, int maxDepth, RandomStream random) {
    int[] drawn = new int[samples.values().length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = random.nextInt(drawn.length);
    }
    Tree tree = new Tree(samples, maxDepth, random);
    List<Domain> domains = samples.domains();
    double[] low = domains.stream().mapToDouble(Domain::low).toArray();
    double[] high = domains.stream().mapToDouble(Domain::high).toArray();
    boolean[][] choices = new boolean[domains.size()][];
    for (int p = 0; p < choices.length; p++) {
      choices[p] = new boolean[domains.get(p).choices()];
      Arrays.fill(choices[p], true);
    }
    tree.grow(drawn, new Leaf(0, low, high, choices), 0);
    return tree.leaves;
  }

  private void grow(int[] here, Leaf part, int depth) {
    Split split = depth < maxDepth ? best(here) : null;
    if (split == null) {
      double[] values = samples.values();
      leaves.add(part.with(Arrays.stream(here).mapToDouble(i -> values[i]).sum() / here.length));
      return;
    }
    int p = split.parameter;
    double[] column = samples.columns()[p];
    boolean alone = samples.domains().get(p).isCategorical();
    IntPredicate first = i -> alone ? column[i] == split.at : column[i] <= split.at;
    grow(
        Arrays.stream(here).filter(first).toArray(),
        alone ? part.with(p, (int) split.at, true) : part.below(p, split.at),
        depth + 1);
    grow(
        Arrays.stream(here).filter(first.negate()).toArray(),
        alone ? part.with(p, (int) split.at, false) : part.above(p, split.at),
        depth + 1);
  }

  /** The split with the least error, or null where all values or all places are the same. */
  private Split best(int[] here) {
    double[] values = samples.values();
    double sum = 0;
    boolean varies = false;
    for (int i : here) {
      sum += values[i];
      varies |= values[i] != values[here[0]];
    }
    if (!varies) {
      return null;
    }
    double mean = sum / here.length;
    Split best = null;
    // Of equal splits one is taken by chance, not that of the parameter that comes first.
    for (int p : random.permutation(samples.domains().size())) {
      Split split =
          samples.domains().get(p).isCategorical()
              ? choice(p, here, mean)
              : threshold(p, here, mean);
      if (split != null && (best == null || split.error < best.error)) {
        best = split;
      }
    }
    return best;
  }

  private Split threshold(int p, int[] here, double mean) {
    double[] column = samples.columns()[p];
    double[] values = samples.values();
    int[] order = samples.sorted(here, p);
    Split best = null;
    double left = 0;
    for (int count = 1; count < order.length; count++) {
      left += values[order[count - 1]] - mean;
      double before = column[order[count - 1]];
      double after = column[order[count]];
      double middle = before + (after - before) / 2;
      if (middle > before && middle < after) {
        double error = error(left, count, order.length);
        if (best == null || error < best.error) {
          best = new Split(p, middle, error);
        }
      }
    }
    return best;
  }

  private Split choice(int p, int[] here, double mean) {
    int choices = samples.domains().get(p).choices();
    double[] sums = new double[choices];
    int[] counts = new int[choices];
    for (int i : here) {
      int choice = (int) samples.columns()[p][i];
      sums[choice] += samples.values()[i] - mean;
      counts[choice]++;
    }
    Split best = null;
    for (int choice = 0; choice < choices; choice++) {
      if (counts[choice] > 0 && counts[choice] < here.length) {
        double error = error(sums[choice], counts[choice], here.length);
        if (best == null || error < best.error) {
          best = new Split(p, choice, error);
        }
      }
    }
    return best;
  }

  /**
   * The squared error that a split leaves, less what no split changes: {@code -L²/l - R²/r} for
   * sums L and R = -L of differences from the mean.
   */
  private static double error(double left, int count, int all) {
    return -left * left / count - left * left / (all - count);
  }
}
