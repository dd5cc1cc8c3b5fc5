package io.dendra.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Which trials of a study were enqueued rather than drawn. A trial stays what it began as, so each
 * is looked at once.
 */
final class EnqueuedTrials {
  private final List<Integer> numbers = new ArrayList<>();
  private int looked;

  /** The place of a trial among those that were not enqueued, from 0. */
  synchronized int place(TrialRecord trial, List<TrialRecord> all) {
    look(all);
    int found = Collections.binarySearch(numbers, trial.number());
    return trial.number() - (found < 0 ? -found - 1 : found);
  }

  /** How many there are. */
  synchronized int count(List<TrialRecord> all) {
    look(all);
    return numbers.size();
  }

  private void look(List<TrialRecord> all) {
    for (; looked < all.size(); looked++) {
      TrialRecord trial = all.get(looked);
      if (trial.systemAttributes().containsKey(StudyTrial.FIXED)) {
        numbers.add(trial.number());
      }
    }
  }
}
