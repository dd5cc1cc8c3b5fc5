package io.dendra.sweep;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How the trials of a sweep ended. */
final class SweepCounts {
  private final Map<TrialState, Integer> ended = new EnumMap<>(TrialState.class);

  synchronized void add(TrialState state) {
    ended.merge(state, 1, Integer::sum);
  }

  synchronized SweepSummary summary(Duration elapsed) {
    return new SweepSummary(
        ended.getOrDefault(TrialState.COMPLETE, 0),
        ended.getOrDefault(TrialState.PRUNED, 0),
        ended.getOrDefault(TrialState.FAIL, 0),
        elapsed);
  }
}
