package io.dendra.sweep.importance;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How much each parameter matters: the share of the objective's variance that it causes alone, by a
 * random forest (fANOVA; F. Hutter, H. Hoos, K. Leyton-Brown, "An efficient approach for assessing
 * hyperparameter importance", 2014).
 *
 * <pre>{@code
 * new Fanova().evaluate(study.snapshot())   // {learning_rate=0.71, units=0.2, dropout=0.09}
 * }</pre>
 *
 * <p>Forest and defaults are those of Optuna's {@code FanovaImportanceEvaluator}. Other than there,
 * a parameter counts on the scale on which it was drawn, logarithmic or not, and all choices of a
 * categorical one count the same; Optuna 5 takes logarithmic ones by their plain values and each
 * choice as a number from 0 to 1.
 */
public final class Fanova {
  private int trees = 64;
  private int maxDepth = 64;
  private long seed;
  private int objective;
  private Set<String> parameters = Set.of();

  /** How many trees to grow; 64 by default. */
  public Fanova trees(int count) {
    this.trees = atLeastOne(count, "trees");
    return this;
  }

  /** How often a tree may split on one path; 64 by default. */
  public Fanova maxDepth(int depth) {
    this.maxDepth = atLeastOne(depth, "maxDepth");
    return this;
  }

  /** From which trees draw their samples; 0 by default. The same seed gives the same result. */
  public Fanova seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Which objective of several to look at, from 0; the first by default. */
  public Fanova objective(int number) {
    this.objective = number;
    return this;
  }

  /**
   * Looks at these parameters and the trials that have them all: for parameters that only some
   * trials have. By default, all trials and the parameters that each of them has.
   */
  public Fanova parameters(String... names) {
    this.parameters = Set.of(names);
    return this;
  }

  private static int atLeastOne(int number, String what) {
    if (number < 1) {
      throw new IllegalArgumentException(what + " has to be at least 1, given " + number);
    }
    return number;
  }

  /**
   * The share of each parameter, the largest first; they sum to 1. All are 0 when there is nothing
   * to tell them by: fewer than two complete trials, or the same value in all.
   *
   * @throws IllegalArgumentException when no complete trial has the parameters asked for, or there
   *     is no such objective
   */
  public Map<String, Double> evaluate(StudySnapshot study) {
    if (objective < 0 || objective >= study.directions().size()) {
      throw new IllegalArgumentException(
          "there is no objective " + objective + ", only " + study.directions().size());
    }
    List<TrialRecord> trials = trials(study);
    Map<String, Domain> domains = domains(trials);
    Map<String, Double> shares = new LinkedHashMap<>();
    domains.keySet().forEach(name -> shares.put(name, 0.0));
    domains.values().removeIf(Domain::isSingle);
    if (trials.size() > 1 && !domains.isEmpty()) {
      double[] found = fractions(trials, domains);
      double sum = 0;
      for (double fraction : found) {
        sum += fraction;
      }
      int column = 0;
      for (String name : domains.keySet()) {
        shares.put(name, sum > 0 ? found[column] / sum : 0);
        column++;
      }
    }
    Map<String, Double> sorted = new LinkedHashMap<>();
    shares.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .forEach(share -> sorted.put(share.getKey(), share.getValue()));
    return sorted;
  }

  private List<TrialRecord> trials(StudySnapshot study) {
    List<TrialRecord> complete =
        study.in(TrialState.COMPLETE).stream()
            .filter(trial -> Double.isFinite(trial.values().get(objective)))
            .toList();
    List<TrialRecord> having =
        complete.stream()
            .filter(trial -> trial.parameters().keySet().containsAll(parameters))
            .toList();
    if (having.isEmpty() && !complete.isEmpty()) {
      Set<String> known = new TreeSet<>();
      complete.forEach(trial -> known.addAll(trial.parameters().keySet()));
      throw new IllegalArgumentException(
          "no complete trial has all of " + parameters + "; there are " + known);
    }
    return having;
  }

  /** Of the parameters that each trial has, in the order of their names. */
  private Map<String, Domain> domains(List<TrialRecord> trials) {
    Map<String, Domain> domains = new TreeMap<>();
    if (trials.isEmpty()) {
      return domains;
    }
    for (String name : trials.get(0).parameters().keySet()) {
      if (trials.stream().allMatch(trial -> trial.parameters().containsKey(name))
          && (parameters.isEmpty() || parameters.contains(name))) {
        domains.put(
            name, Domain.of(trials.stream().map(trial -> trial.parameters().get(name)).toList()));
      }
    }
    return domains;
  }

  private double[] fractions(List<TrialRecord> trials, Map<String, Domain> domains) {
    List<Domain> spaces = new ArrayList<>(domains.values());
    double[][] columns = new double[spaces.size()][trials.size()];
    double[] values = new double[trials.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = trials.get(i).values().get(objective);
      int column = 0;
      for (Map.Entry<String, Domain> domain : domains.entrySet()) {
        ParameterValue parameter = trials.get(i).parameters().get(domain.getKey());
        columns[column++][i] = domain.getValue().place(parameter.internal());
      }
    }
    Samples samples = Samples.of(spaces, columns, values);
    RandomKey key = RandomKey.of(seed).fold("fanova");
    double[] sums = new double[spaces.size()];
    for (int tree = 0; tree < trees; tree++) {
      RandomStream random = new RandomStream(key.fold(tree));
      Marginals marginals = new Marginals(spaces, Tree.leaves(samples, maxDepth, random));
      double variance = marginals.variance();
      for (int p = 0; p < sums.length; p++) {
        sums[p] += variance > 0 ? marginals.variance(p) / variance : 0;
      }
    }
    return sums;
  }
}
