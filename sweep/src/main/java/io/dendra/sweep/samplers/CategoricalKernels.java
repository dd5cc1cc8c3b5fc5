package io.dendra.sweep.samplers;

/**
 * Kernels over choices: most of the probability on the observed one, the prior's share on all. The
 * last kernel is the prior: all alike.
 */
final class CategoricalKernels implements KernelAxis {
  private final int[] observed;
  private final int choices;
  private final double other;
  private final double own;
  private final double logOther;
  private final double logOwn;
  private final double logPrior;
  private int[] candidates;

  CategoricalKernels(double[] column, int choices, double priorWeight) {
    this.choices = choices;
    this.observed = new int[column.length + 1];
    for (int i = 0; i < column.length; i++) {
      observed[i] = (int) column[i];
    }
    observed[column.length] = -1;
    double share = priorWeight / (column.length + 1);
    double sum = 1 + choices * share;
    this.other = share / sum;
    this.own = (1 + share) / sum;
    this.logOther = StrictMath.log(other);
    this.logOwn = StrictMath.log(own);
    this.logPrior = -StrictMath.log(choices);
  }

  @Override
  public double constant(int kernel) {
    return 0;
  }

  @Override
  public void prepare(double[] internals) {
    candidates = new int[internals.length];
    for (int i = 0; i < internals.length; i++) {
      candidates[i] = (int) internals[i];
    }
  }

  @Override
  public double term(int kernel, int candidate) {
    if (observed[kernel] < 0) {
      return logPrior;
    }
    return observed[kernel] == candidates[candidate] ? logOwn : logOther;
  }

  @Override
  public void addTerms(int candidate, double[] sums, double bound) {
    int choice = candidates[candidate];
    int prior = observed.length - 1;
    for (int k = 0; k < prior; k++) {
      sums[k] += observed[k] == choice ? logOwn : logOther;
    }
    sums[prior] += logPrior;
  }

  @Override
  public double draw(int kernel, double uniform) {
    int first = observed[kernel];
    if (first < 0) {
      return Math.min((int) (uniform * choices), choices - 1);
    }
    double left = uniform;
    for (int choice = 0; choice < choices; choice++) {
      left -= choice == first ? own : other;
      if (left < 0) {
        return choice;
      }
    }
    return first;
  }
}
