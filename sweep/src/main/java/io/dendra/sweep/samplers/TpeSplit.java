package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.pareto.HypervolumeSubset;
import io.dendra.sweep.pareto.NonDominatedSort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The good and the bad trials of a study, each in the order of their numbers.
 *
 * <p>Complete trials are better than pruned ones. Those that were pruned are the better the later
 * they were, and then by the last value that they reported. Running trials are bad ones, if they
 * count: nobody should try the same. With several objectives, fronts are better one after another,
 * and of the front that is split the points that dominate most are good (Y. Ozaki et al.,
 * "Multiobjective tree-structured Parzen estimator", 2022).
 *
 * @param observed how many trials are complete or pruned
 */
record TpeSplit(List<TrialRecord> good, List<TrialRecord> bad, int observed) {
  static TpeSplit of(StudySnapshot study, TpeOptions options) {
    List<TrialRecord> complete = new ArrayList<>();
    List<TrialRecord> pruned = new ArrayList<>();
    for (TrialRecord trial : study.trials()) {
      if (trial.state() == TrialState.COMPLETE) {
        complete.add(trial);
      } else if (trial.state() == TrialState.PRUNED) {
        pruned.add(trial);
      }
    }
    int observed = complete.size() + pruned.size();
    int wanted = options.good(observed);
    List<TrialRecord> best = new ArrayList<>(best(study, complete, wanted));
    best.addAll(pruned.isEmpty() ? List.of() : lastOfPruned(study, pruned, wanted - best.size()));
    boolean[] isGood = new boolean[last(study) + 1];
    best.forEach(trial -> isGood[trial.number()] = true);
    List<TrialRecord> good = new ArrayList<>();
    List<TrialRecord> bad = new ArrayList<>();
    for (TrialRecord trial : study.trials()) {
      if (isGood[trial.number()]) {
        good.add(trial);
      } else if (SearchSpaces.isObserved(trial)
          || (trial.state() == TrialState.RUNNING && options.isLiar())) {
        bad.add(trial);
      }
    }
    return new TpeSplit(good, bad, observed);
  }

  private static int last(StudySnapshot study) {
    int size = study.trials().size();
    return size == 0 ? 0 : study.trials().get(size - 1).number();
  }

  private static List<TrialRecord> best(StudySnapshot study, List<TrialRecord> trials, int count) {
    if (count >= trials.size()) {
      return trials;
    }
    if (study.directions().size() > 1) {
      return bestOfSeveral(study, trials, count);
    }
    double[] losses = new double[trials.size()];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = study.losses(trials.get(i))[0];
    }
    return least(trials, losses, count);
  }

  private static List<TrialRecord> lastOfPruned(
      StudySnapshot study, List<TrialRecord> trials, int count) {
    if (count == 0 || count >= trials.size()) {
      return count == 0 ? List.of() : trials;
    }
    double[] losses = new double[trials.size()];
    double[] steps = new double[trials.size()];
    for (int i = 0; i < losses.length; i++) {
      double[] loss = lossOfPruned(study, trials.get(i));
      steps[i] = loss[0];
      losses[i] = loss[1];
    }
    double[] sorted = steps.clone();
    Arrays.sort(sorted);
    double last = sorted[count - 1];
    List<TrialRecord> best = new ArrayList<>();
    List<TrialRecord> atLast = new ArrayList<>();
    double[] lossesAtLast = new double[losses.length];
    for (int i = 0; i < losses.length; i++) {
      if (steps[i] < last) {
        best.add(trials.get(i));
      } else if (steps[i] == last) {
        lossesAtLast[atLast.size()] = losses[i];
        atLast.add(trials.get(i));
      }
    }
    best.addAll(least(atLast, Arrays.copyOf(lossesAtLast, atLast.size()), count - best.size()));
    return best;
  }

  /** The later it was pruned the better, then its value. */
  static double[] lossOfPruned(StudySnapshot study, TrialRecord trial) {
    Map.Entry<Integer, Double> last = trial.reports().lastEntry();
    if (last == null || study.directions().size() != 1) {
      return new double[] {1, 0};
    }
    double value = last.getValue();
    return new double[] {
      -last.getKey(),
      Double.isNaN(value) ? Double.POSITIVE_INFINITY : study.directions().get(0).asLoss(value)
    };
  }

  /** Those with the smallest losses; of equal ones the first. */
  private static List<TrialRecord> least(List<TrialRecord> trials, double[] losses, int count) {
    if (count == 0) {
      return List.of();
    }
    double[] sorted = losses.clone();
    Arrays.sort(sorted);
    double last = sorted[count - 1];
    int atLast = count;
    for (int i = 0; i < count && Double.compare(sorted[i], last) < 0; i++) {
      atLast--;
    }
    List<TrialRecord> least = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      int order = Double.compare(losses[i], last);
      if (order < 0 || (order == 0 && atLast-- > 0)) {
        least.add(trials.get(i));
      }
    }
    return least;
  }

  private static List<TrialRecord> bestOfSeveral(
      StudySnapshot study, List<TrialRecord> trials, int count) {
    double[][] losses = new double[trials.size()][];
    Arrays.setAll(losses, i -> study.losses(trials.get(i)));
    int[] ranks = NonDominatedSort.ranks(losses);
    Map<Integer, List<Integer>> fronts = new TreeMap<>();
    for (int i = 0; i < ranks.length; i++) {
      fronts.computeIfAbsent(ranks[i], rank -> new ArrayList<>()).add(i);
    }
    List<TrialRecord> best = new ArrayList<>();
    for (List<Integer> front : fronts.values()) {
      int left = count - best.size();
      if (front.size() <= left) {
        front.forEach(i -> best.add(trials.get(i)));
      } else {
        double[][] points = front.stream().map(i -> losses[i]).toArray(double[][]::new);
        for (int i : HypervolumeSubset.choose(points, reference(points), left)) {
          best.add(trials.get(front.get(i)));
        }
        break;
      }
    }
    return best;
  }

  /** A little worse than the worst in every objective. */
  private static double[] reference(double[][] points) {
    double[] reference = new double[points[0].length];
    for (int d = 0; d < reference.length; d++) {
      double worst = Double.NEGATIVE_INFINITY;
      for (double[] point : points) {
        worst = Math.max(worst, point[d]);
      }
      double beyond = Math.max(1.1 * worst, 0.9 * worst);
      reference[d] = beyond == 0 ? 1e-12 : beyond;
    }
    return reference;
  }
}
