package io.dendra.sweep.samplers;

import io.dendra.sweep.TrialRecord;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.function.Function;

/**
 * What follows from a trial alone, worked out once for each finished one: those do not change any
 * more, and snapshots share them. Holds trials by identity, and not for longer than others do; so a
 * trial of the same number in another study is only worked out again. For several threads.
 */
final class TrialMemo<V> {
  private final Function<TrialRecord, V> compute;

  /** By the trials' numbers. Threads may overwrite what others stored: they work it out again. */
  private volatile Entry<V>[] entries = empty(64);

  TrialMemo(Function<TrialRecord, V> compute) {
    this.compute = compute;
  }

  V of(TrialRecord trial) {
    int number = trial.number();
    Entry<V>[] known = entries;
    if (number < known.length && known[number] != null && known[number].refersTo(trial)) {
      return known[number].value;
    }
    V value = compute.apply(trial);
    if (trial.state().isFinished()) {
      if (number >= known.length) {
        known = Arrays.copyOf(known, Math.max(number + 1, known.length * 2));
        entries = known;
      }
      known[number] = new Entry<>(trial, value);
    }
    return value;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <V> Entry<V>[] empty(int size) {
    return new Entry[size];
  }

  private static final class Entry<V> extends WeakReference<TrialRecord> {
    final V value;

    Entry(TrialRecord trial, V value) {
      super(trial);
      this.value = value;
    }
  }
}
