package io.dendra.sweep.progress;

import io.dendra.sweep.Direction;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of a sweep under way; times are in nanoseconds of one clock. */
final class ProgressState {
  final String study;
  final List<Direction> directions;
  final int total;
  final long begin;

  /** How many trials had ended before this run. */
  final int before;

  private final Map<TrialState, Integer> ended = new EnumMap<>(TrialState.class);
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private TrialRecord best;
  private int endedHere;

  ProgressState(String study, List<Direction> directions, int total, int before, long begin) {
    this.study = study;
    this.directions = directions;
    this.total = total;
    this.before = before;
    this.begin = begin;
  }

  /** A place for one trial at a time; trial -1 is none. */
  static final class Slot {
    int trial = -1;
    long since;
    int step = -1;
    double value = Double.NaN;
  }

  void slot(String name) {
    slots.put(name, new Slot());
  }

  Map<String, Slot> slots() {
    return slots;
  }

  void begins(int trial, String slot, long now) {
    Slot place = slots.computeIfAbsent(slot, name -> new Slot());
    place.trial = trial;
    place.since = now;
    place.step = -1;
    place.value = Double.NaN;
  }

  void reports(int trial, int step, double value) {
    for (Slot slot : slots.values()) {
      if (slot.trial == trial) {
        slot.step = step;
        slot.value = value;
      }
    }
  }

  /** A trial of an earlier run, or one that ended now. */
  void counts(TrialRecord trial) {
    if (trial.state().isFinished()) {
      ended.merge(trial.state(), 1, Integer::sum);
    }
    boolean complete = trial.state() == TrialState.COMPLETE && trial.values().size() == 1;
    if (complete
        && directions.size() == 1
        && (best == null || directions.get(0).isBetter(trial.value(), best.value()))) {
      best = trial;
    }
  }

  void ends(TrialRecord trial, String slot) {
    Slot place = slots.get(slot);
    if (place != null && place.trial == trial.number()) {
      place.trial = -1;
    }
    if (trial.state().isFinished()) {
      endedHere++;
    }
    counts(trial);
  }

  int count(TrialState state) {
    return ended.getOrDefault(state, 0);
  }

  int finished() {
    return ended.values().stream().mapToInt(Integer::intValue).sum();
  }

  long running() {
    return slots.values().stream().filter(slot -> slot.trial >= 0).count();
  }

  TrialRecord best() {
    return best;
  }

  /** Nanoseconds until the last trial ends at the pace of this run, or -1 when nobody can tell. */
  long remaining(long now) {
    if (endedHere == 0 || total == Integer.MAX_VALUE) {
      return -1;
    }
    double pace = (now - begin) / (double) endedHere;
    return (long) (pace * Math.max(0, total - finished()));
  }
}
