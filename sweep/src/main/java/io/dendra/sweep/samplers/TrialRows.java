package io.dendra.sweep.samplers;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The values that trials had for the parameters of one space, and their order along each. What is
 * known of finished trials, which do not change any more, is kept, since snapshots share them.
 *
 * <p>Callers hold its lock for as long as they use what it gives.
 */
final class TrialRows {
  private final String[] names;
  private final Distribution[] distributions;

  /** By the trials' numbers. */
  private Row[] rows = new Row[0];

  private final SortedPlaces[] sorted;
  private final KernelMemo[] memos;
  private int[] observation = new int[0];

  TrialRows(Map<String, Distribution> space) {
    this.names = space.keySet().toArray(new String[0]);
    this.distributions = space.values().toArray(new Distribution[0]);
    this.sorted = new SortedPlaces[names.length];
    this.memos = new KernelMemo[names.length];
    forget();
  }

  private void forget() {
    rows = new Row[0];
    observation = new int[0];
    Arrays.setAll(sorted, d -> new SortedPlaces());
    Arrays.setAll(memos, d -> new KernelMemo());
  }

  /** Learns the finished ones of some trials. Trials of another study take the place of all. */
  void add(List<TrialRecord> trials) {
    List<Row> added = new ArrayList<>();
    for (TrialRecord trial : trials) {
      if (trial.state().isFinished()) {
        Row known = known(trial.number());
        if (known == null) {
          added.add(new Row(trial, places(trial)));
        } else if (!known.refersTo(trial)) {
          forget();
          add(trials);
          return;
        }
      }
    }
    if (!added.isEmpty()) {
      insert(added);
    }
  }

  private Row known(int number) {
    return number < rows.length ? rows[number] : null;
  }

  private void insert(List<Row> added) {
    int last = added.stream().mapToInt(row -> row.number).max().orElse(0);
    if (last >= rows.length) {
      rows = Arrays.copyOf(rows, Math.max(last + 1, 2 * rows.length));
      observation = new int[rows.length];
      Arrays.fill(observation, -1);
    }
    added.forEach(row -> rows[row.number] = row);
    List<Row> full = added.stream().filter(row -> row.places != null).toList();
    int[] numbers = full.stream().mapToInt(row -> row.number).toArray();
    for (int d = 0; d < sorted.length; d++) {
      double[] column = new double[numbers.length];
      for (int i = 0; i < column.length; i++) {
        column[i] = full.get(i).places[d];
      }
      sorted[d].add(numbers, column);
    }
  }

  /**
   * The rows of some trials, of which those that are finished were added.
   *
   * @param remember whether the constants of kernels are kept: for one of the densities of a draw
   */
  Observations of(List<TrialRecord> trials, boolean remember) {
    double[][] kept = new double[trials.size()][];
    int[] numbers = new int[trials.size()];
    int[] others = new int[trials.size()];
    int count = 0;
    int otherCount = 0;
    for (TrialRecord trial : trials) {
      Row known = known(trial.number());
      boolean isKnown = known != null && known.refersTo(trial);
      double[] places = isKnown ? known.places : places(trial);
      if (places != null) {
        numbers[count] = isKnown ? trial.number() : -1;
        if (isKnown) {
          observation[trial.number()] = count;
        } else {
          others[otherCount++] = count;
        }
        kept[count++] = places;
      }
    }
    double[][] columns = new double[names.length][count];
    for (int i = 0; i < count; i++) {
      for (int d = 0; d < columns.length; d++) {
        columns[d][i] = kept[i][d];
      }
    }
    int[][] orders = new int[names.length][];
    int[] unsorted = Arrays.copyOf(others, otherCount);
    for (int d = 0; d < orders.length; d++) {
      orders[d] = sorted[d].order(observation, count, unsorted, columns[d]);
    }
    for (int i = 0; i < count; i++) {
      if (numbers[i] >= 0) {
        observation[numbers[i]] = -1;
      }
    }
    int[] remembered = Arrays.copyOf(numbers, count);
    if (!remember) {
      Arrays.fill(remembered, -1);
    }
    return new Observations(columns, orders, remembered, memos);
  }

  /** Null for a trial that lacks a parameter, or whose value lies outside its bounds of today. */
  private double[] places(TrialRecord trial) {
    double[] places = new double[names.length];
    for (int d = 0; d < names.length; d++) {
      ParameterValue value = trial.parameters().get(names[d]);
      places[d] = value == null ? Double.NaN : place(distributions[d], value);
      if (Double.isNaN(places[d])) {
        return null;
      }
    }
    return places;
  }

  /** NaN for what does not belong to the distribution. */
  private static double place(Distribution distribution, ParameterValue value) {
    if (!distribution.isCompatibleWith(value.distribution())) {
      return Double.NaN;
    }
    if (distribution instanceof CategoricalDistribution) {
      return value.internal();
    }
    double place = UnitInterval.toUnit(distribution, value.internal());
    return place >= 0 && place <= 1 ? place : Double.NaN;
  }

  /** Holds the trial by identity, and not for longer than others do. */
  private static final class Row extends WeakReference<TrialRecord> {
    final int number;
    final double[] places;

    Row(TrialRecord trial, double[] places) {
      super(trial);
      this.number = trial.number();
      this.places = places;
    }
  }
}
