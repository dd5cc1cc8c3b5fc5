package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.pareto.NonDominatedSort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The generation that a study has come to, and the parents of it, best first: of the parents and
 * children before, the best fronts, and of the last one the least crowded.
 */
record Generations(int generation, List<Parent> parents) {
  /**
   * The system attribute of a trial that holds its generation. Trials without it are of the first.
   */
  static final String KEY = "nsga2:generation";

  /**
   * One of a population.
   *
   * @param front from 0
   * @param distance to its neighbours in the front
   */
  record Parent(TrialRecord trial, int front, double distance) {}

  /**
   * A generation that is over, and what came of it. Trials are compared by identity: finished ones
   * do not change.
   *
   * @param before the parents until then
   * @param after those of the next generation
   */
  record Step(List<TrialRecord> trials, List<Parent> before, List<Parent> after) {
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(List<TrialRecord> others, List<Parent> parents) {
      boolean same = before == parents && trials.size() == others.size();
      for (int i = 0; same && i < others.size(); i++) {
        same = trials.get(i) == others.get(i);
      }
      return same;
    }
  }

  /**
   * Where a study stands.
   *
   * @param steps those of a snapshot before, to which new ones are added in place of those that are
   *     of something else
   */
  static Generations of(StudySnapshot study, int population, List<Step> steps) {
    TreeMap<Integer, List<TrialRecord>> all = new TreeMap<>();
    for (TrialRecord trial : study.trials()) {
      if (trial.state() == TrialState.COMPLETE) {
        Object value = trial.systemAttributes().get(KEY);
        int generation = value instanceof Number number ? number.intValue() : 0;
        all.computeIfAbsent(generation, key -> new ArrayList<>()).add(trial);
      }
    }
    int generation = 0;
    List<Parent> parents = List.of();
    while (all.getOrDefault(generation, List.of()).size() >= population) {
      List<TrialRecord> born = all.get(generation);
      if (generation == steps.size() || !steps.get(generation).isOf(born, parents)) {
        List<TrialRecord> pool = new ArrayList<>(born);
        parents.forEach(parent -> pool.add(parent.trial()));
        steps.subList(generation, steps.size()).clear();
        steps.add(new Step(born, parents, best(study, pool, population)));
      }
      parents = steps.get(generation++).after();
    }
    return new Generations(generation, parents);
  }

  private static List<Parent> best(StudySnapshot study, List<TrialRecord> pool, int count) {
    double[][] losses = pool.stream().map(study::losses).toArray(double[][]::new);
    int[] ranks = NonDominatedSort.ranks(losses);
    double[] distances = crowding(losses, ranks);
    return IntStream.range(0, ranks.length)
        .mapToObj(i -> new Parent(pool.get(i), ranks[i], distances[i]))
        .sorted(
            Comparator.comparingInt(Parent::front)
                .thenComparing(Parent::distance, Comparator.reverseOrder())
                .thenComparing(parent -> parent.trial().number()))
        .limit(count)
        .toList();
  }

  /** How far apart the neighbours of each point are in its front; the ends are infinitely far. */
  static double[] crowding(double[][] losses, int[] ranks) {
    double[] distances = new double[ranks.length];
    int fronts = Arrays.stream(ranks).max().orElse(-1) + 1;
    for (int front = 0; front < fronts; front++) {
      int rank = front;
      int[] members = IntStream.range(0, ranks.length).filter(i -> ranks[i] == rank).toArray();
      for (int d = 0; d < losses[0].length; d++) {
        addCrowding(losses, members, d, distances);
      }
    }
    return distances;
  }

  private static void addCrowding(double[][] losses, int[] members, int d, double[] distances) {
    int[] order =
        Arrays.stream(members)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> losses[i][d]))
            .mapToInt(Integer::intValue)
            .toArray();
    int last = order.length - 1;
    double range = losses[order[last]][d] - losses[order[0]][d];
    if (!(range > 0)) {
      return;
    }
    distances[order[0]] = Double.POSITIVE_INFINITY;
    distances[order[last]] = Double.POSITIVE_INFINITY;
    for (int i = 1; i < last; i++) {
      double gap = losses[order[i + 1]][d] - losses[order[i - 1]][d];
      // Infinite losses leave no gaps that could be compared.
      distances[order[i]] += Double.isFinite(range) ? gap / range : 0;
    }
  }
}
