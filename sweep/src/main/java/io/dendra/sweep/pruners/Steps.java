package io.dendra.sweep.pruners;

import java.util.Map;
import java.util.NavigableMap;

/**
 * At which steps a pruner looks at a trial.
 *
 * @param warmup no earlier than this one
 * @param interval at the first report in each stretch of this length after the warm-up
 */
record Steps(int warmup, int interval) {
  static final Steps ALL = new Steps(0, 1);

  Steps {
    Settings.atLeast(0, warmup, "warmupSteps");
    Settings.atLeast(1, interval, "intervalSteps");
  }

  Steps withWarmup(int steps) {
    return new Steps(steps, interval);
  }

  Steps withInterval(int steps) {
    return new Steps(warmup, steps);
  }

  /** Whether the last report is one to look at. */
  boolean include(NavigableMap<Integer, Double> reports) {
    if (reports.isEmpty() || reports.lastKey() < warmup) {
      return false;
    }
    int last = reports.lastKey();
    int stretch = last - (last - warmup) % interval;
    Map.Entry<Integer, Double> before = reports.lowerEntry(last);
    return before == null || before.getKey() < stretch;
  }
}
