package io.dendra.sweep.pruners;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A study that is written down trial by trial, for tests of pruners. */
final class Trials {
  private final Direction direction;
  private final NavigableMap<Integer, TrialRecord> trials = new TreeMap<>();

  Trials(Direction direction) {
    this.direction = direction;
  }

  StudySnapshot snapshot() {
    return snapshot(trials.values());
  }

  StudySnapshot snapshot(Collection<TrialRecord> some) {
    return new StudySnapshot(List.of(direction), new ArrayList<>(some));
  }

  TrialRecord get(int number) {
    return trials.get(number);
  }

  int count() {
    return trials.size();
  }

  Trials start(int number) {
    trials.put(number, record(number, TrialState.RUNNING, new TreeMap<>(), List.of()));
    return this;
  }

  Trials report(int number, int step, double value) {
    NavigableMap<Integer, Double> reports = new TreeMap<>(get(number).reports());
    reports.put(step, value);
    trials.put(number, record(number, get(number).state(), reports, List.of()));
    return this;
  }

  Trials end(int number, TrialState state) {
    TrialRecord before = get(number);
    List<Double> values = state == TrialState.COMPLETE ? List.of(0.0) : List.of();
    trials.put(number, record(number, state, before.reports(), values));
    return this;
  }

  /** A trial that has reported values from step 0 on. */
  Trials add(TrialState state, double... values) {
    int number = trials.size();
    start(number);
    for (int step = 0; step < values.length; step++) {
      report(number, step, values[step]);
    }
    return state == TrialState.RUNNING ? this : end(number, state);
  }

  static TrialRecord record(
      int number, TrialState state, NavigableMap<Integer, Double> reports, List<Double> values) {
    return new TrialRecord(
        1000 + number, number, state, values, null, null, Map.of(), reports, Map.of(), Map.of());
  }
}
