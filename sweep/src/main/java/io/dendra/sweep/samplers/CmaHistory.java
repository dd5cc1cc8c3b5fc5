package io.dendra.sweep.samplers;

import io.dendra.random.RandomKey;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Replays the generations of a study over a space, with what was replayed before at hand. */
final class CmaHistory {
  private final CmaEsOptions options;
  private final Map<String, Distribution> space;
  private final Map<Long, CmaRun> known;
  private final int[] values;

  CmaHistory(CmaEsOptions options, Map<String, Distribution> space, Map<Long, CmaRun> known) {
    this.options = options;
    this.space = space;
    this.known = known;
    this.values = space.values().stream().mapToInt(CmaHistory::values).toArray();
  }

  /** The attribute of a trial of a generation. Another space begins another search. */
  static String label(int generation, Map<String, Distribution> space) {
    return generation + ":" + Integer.toHexString(String.join(",", space.keySet()).hashCode());
  }

  CmaRun replay(SamplingContext context) {
    Map<Object, List<TrialRecord>> trials = new HashMap<>();
    for (TrialRecord trial : context.study().trials()) {
      Object label = trial.systemAttributes().get(CmaEsSampler.GENERATION);
      if (label != null && SearchSpaces.isObserved(trial)) {
        trials.computeIfAbsent(label, key -> new ArrayList<>()).add(trial);
      }
    }
    RandomKey key = context.key();
    CmaRun run = CmaRun.start(options, space.size(), key.fold(space.toString()).value());
    while (true) {
      List<Scored> points = new ArrayList<>();
      for (TrialRecord trial : trials.getOrDefault(label(run.generation(), space), List.of())) {
        double[] point = point(trial);
        if (point != null) {
          points.add(new Scored(point, loss(context.study(), trial)));
        }
      }
      if (points.size() < run.population()) {
        return run;
      }
      run = next(run, points, key);
    }
  }

  /** A trial's point and what it is sorted by. */
  private record Scored(double[] point, double[] loss) {}

  private CmaRun next(CmaRun run, List<Scored> points, RandomKey key) {
    points.sort(Comparator.comparing(Scored::loss, Arrays::compare));
    RandomKey print = new RandomKey(run.fingerprint());
    for (Scored scored : points) {
      for (double x : scored.point()) {
        print = print.fold(Double.doubleToLongBits(x));
      }
    }
    CmaRun before = known.get(print.value());
    if (before != null) {
      return before;
    }
    List<double[]> sorted = points.stream().map(Scored::point).toList();
    CmaRun next = run.next(options, sorted, values, key, print.value());
    known.put(print.value(), next);
    return next;
  }

  /** Complete trials before pruned ones. */
  private static double[] loss(StudySnapshot study, TrialRecord trial) {
    if (trial.state() == TrialState.COMPLETE) {
      return new double[] {0, study.losses(trial)[0], 0};
    }
    double[] pruned = TpeSplit.lossOfPruned(study, trial);
    return new double[] {1, pruned[0], pruned[1]};
  }

  /** Where a trial lay in the unit cube; null when it does not belong to the space. */
  private double[] point(TrialRecord trial) {
    Object noted = trial.systemAttributes().get(CmaEsSampler.PLACES);
    Map<?, ?> places = noted instanceof Map<?, ?> map ? map : Map.of();
    double[] point = new double[space.size()];
    int i = 0;
    for (Map.Entry<String, Distribution> parameter : space.entrySet()) {
      ParameterValue value = trial.parameters().get(parameter.getKey());
      Distribution distribution = parameter.getValue();
      if (value == null || !distribution.isCompatibleWith(value.distribution())) {
        return null;
      }
      double place = UnitInterval.toUnit(distribution, value.internal());
      // Of an enqueued value, or when bounds have moved, the noted place is of something else.
      if (places.get(parameter.getKey()) instanceof Number exact
          && UnitInterval.fromUnit(distribution, exact.doubleValue()) == value.internal()) {
        place = exact.doubleValue();
      }
      if (!(place >= 0 && place <= 1)) {
        return null;
      }
      point[i++] = place;
    }
    return point;
  }

  /** The number of values of a distribution with gaps, if its parts are equally long. */
  private static int values(Distribution distribution) {
    double steps = 0;
    if (distribution instanceof IntDistribution range && !range.log()) {
      steps = (double) (range.high() - range.low()) / range.step() + 1;
    } else if (distribution instanceof FloatDistribution range && range.step() > 0) {
      steps = Math.rint((range.high() - range.low()) / range.step()) + 1;
    }
    return steps < 1e6 ? (int) steps : 0;
  }
}
