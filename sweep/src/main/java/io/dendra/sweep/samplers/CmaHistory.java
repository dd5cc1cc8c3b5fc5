package io.dendra.sweep.samplers;

import io.dendra.random.RandomKey;
import io.dendra.sweep.Direction;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replays the generations of a study over a space. What follows from a finished trial, and from a
 * generation after those before it, is worked out once. For several threads.
 */
final class CmaHistory {
  /** So many numbers are kept of distributions, but at least so many distributions. */
  private static final int NUMBERS = 1 << 21;

  private static final int LEAST_RUNS = 256;

  private final CmaEsOptions options;
  private final Map<String, Distribution> space;
  private final StudySnapshot empty;
  private final String text;
  private final String suffix;
  private final int[] values;
  private final TrialMemo<Scored> scored = new TrialMemo<>(this::scored);
  private final Map<Long, CmaRun> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, CmaRun> eldest) {
              return size() > Math.max(LEAST_RUNS, NUMBERS / (values.length * values.length));
            }
          });

  CmaHistory(CmaEsOptions options, Map<String, Distribution> space, List<Direction> directions) {
    this.options = options;
    this.space = space;
    this.empty = new StudySnapshot(directions, List.of());
    this.text = space.toString();
    this.suffix = ":" + Integer.toHexString(String.join(",", space.keySet()).hashCode());
    this.values = space.values().stream().mapToInt(CmaHistory::values).toArray();
  }

  /** The attribute of a trial of a generation. Another space begins another search. */
  String label(int generation) {
    return generation + suffix;
  }

  /**
   * A trial of a generation.
   *
   * @param point where it lay in the unit cube
   * @param loss what it is sorted by: complete trials before pruned ones
   * @param print of the point
   */
  private record Scored(int generation, double[] point, double[] loss, long print) {}

  CmaRun replay(SamplingContext context) {
    List<List<Scored>> generations = new ArrayList<>();
    for (TrialRecord trial : context.study().trials()) {
      Scored one = SearchSpaces.isObserved(trial) ? scored.of(trial) : null;
      if (one != null && one.generation() <= context.study().trials().size()) {
        while (generations.size() <= one.generation()) {
          generations.add(new ArrayList<>());
        }
        generations.get(one.generation()).add(one);
      }
    }
    RandomKey key = context.key();
    CmaRun run = CmaRun.start(options, space.size(), key.fold(text).value());
    while (run.generation() < generations.size()) {
      List<Scored> points = generations.get(run.generation());
      if (points.size() < run.population()) {
        return run;
      }
      run = next(run, points, key);
    }
    return run;
  }

  private CmaRun next(CmaRun run, List<Scored> points, RandomKey key) {
    points.sort(Comparator.comparing(Scored::loss, Arrays::compare));
    RandomKey print = new RandomKey(run.fingerprint());
    for (Scored one : points) {
      print = print.fold(one.print());
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

  /** Null for a trial of no generation, or that does not belong to the space. */
  private Scored scored(TrialRecord trial) {
    int generation = generation(trial.systemAttributes().get(CmaEsSampler.GENERATION));
    double[] point = generation < 0 ? null : point(trial);
    if (point == null) {
      return null;
    }
    RandomKey print = new RandomKey(0);
    for (double x : point) {
      print = print.fold(Double.doubleToLongBits(x));
    }
    return new Scored(generation, point, loss(trial), print.value());
  }

  /** -1 for what is no label of this space. */
  private int generation(Object label) {
    if (!(label instanceof String text) || !text.endsWith(suffix)) {
      return -1;
    }
    String number = text.substring(0, text.length() - suffix.length());
    return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : -1;
  }

  private double[] loss(TrialRecord trial) {
    if (trial.state() == TrialState.COMPLETE) {
      return new double[] {0, empty.losses(trial)[0], 0};
    }
    double[] pruned = TpeSplit.lossOfPruned(empty, trial);
    return new double[] {1, pruned[0], pruned[1]};
  }

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
