package io.dendra.sweep.importance;

import java.util.Arrays;
import java.util.List;

/** How much of a tree's variance each parameter causes alone. */
final class Marginals {
  private final List<Domain> domains;
  private final List<Tree.Leaf> leaves;
  private final double[] measures;

  Marginals(List<Domain> domains, List<Tree.Leaf> leaves) {
    this.domains = domains;
    this.leaves = leaves;
    this.measures = new double[leaves.size()];
    for (int i = 0; i < measures.length; i++) {
      measures[i] = 1;
      for (int p = 0; p < domains.size(); p++) {
        measures[i] *= leaves.get(i).share(domains.get(p), p);
      }
    }
  }

  /** The variance of the tree over the whole space. */
  double variance() {
    double[] values = leaves.stream().mapToDouble(Tree.Leaf::value).toArray();
    return variance(values, measures);
  }

  /**
   * The variance of the tree's mean over all other parameters, as a function of one: the cells
   * between neighbouring thresholds, or the choices, each with the mean of the leaves that it meets
   * (F. Hutter, H. Hoos, K. Leyton-Brown, 2014, section 4).
   */
  double variance(int p) {
    Domain domain = domains.get(p);
    return domain.isCategorical() ? ofChoices(p, domain) : ofNumbers(p, domain);
  }

  private double ofChoices(int p, Domain domain) {
    double[] means = new double[domain.choices()];
    double[] sizes = new double[domain.choices()];
    Arrays.fill(sizes, 1.0 / domain.choices());
    for (int i = 0; i < measures.length; i++) {
      Tree.Leaf leaf = leaves.get(i);
      double others = measures[i] / leaf.share(domain, p);
      for (int choice = 0; choice < means.length; choice++) {
        means[choice] += leaf.choices()[p][choice] ? others * leaf.value() : 0;
      }
    }
    return variance(means, sizes);
  }

  private double ofNumbers(int p, Domain domain) {
    double[] bounds =
        leaves.stream().mapToDouble(leaf -> leaf.high()[p]).sorted().distinct().toArray();
    double[] means = new double[bounds.length];
    double[] sizes = new double[bounds.length];
    for (int cell = 0; cell < bounds.length; cell++) {
      sizes[cell] = bounds[cell] - (cell == 0 ? domain.low() : bounds[cell - 1]);
    }
    for (int i = 0; i < measures.length; i++) {
      Tree.Leaf leaf = leaves.get(i);
      double others = measures[i] / leaf.share(domain, p);
      int last = Arrays.binarySearch(bounds, leaf.high()[p]);
      for (int cell = last; cell >= 0 && bounds[cell] > leaf.low()[p]; cell--) {
        means[cell] += others * leaf.value();
      }
    }
    return variance(means, sizes);
  }

  private static double variance(double[] values, double[] weights) {
    double all = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      all += weights[i];
      sum += weights[i] * values[i];
    }
    double mean = sum / all;
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      squares += weights[i] * (values[i] - mean) * (values[i] - mean);
    }
    return squares / all;
  }
}
