package io.dendra.sweep.storage;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.Distribution;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The trials of one study. Those that have ended do not change and are kept; the others, and those
 * that are new, are read each time.
 */
final class TrialCache {
  private static final Comparator<TrialRecord> ORDER =
      Comparator.comparingInt(TrialRecord::number).thenComparingLong(TrialRecord::id);

  private final long study;
  private final TrialRows rows;
  private final List<TrialRecord> trials = new ArrayList<>();
  private final TreeSet<Long> open = new TreeSet<>();
  private final Map<String, Distribution> distributions = new ConcurrentHashMap<>();
  private TrialRecord lastEnded;
  private long last;
  private volatile long settled;

  TrialCache(long study, TrialRows rows) {
    this.study = study;
    this.rows = rows;
  }

  /** All trials as they are now, in the order of their numbers. */
  synchronized List<TrialRecord> trials(Session session) throws SQLException {
    Set<Long> again = new TreeSet<>(open);
    if (lastEnded != null) {
      again.add(lastEnded.id());
    }
    List<TrialRecord> read = rows.read(session, study, last, again);
    if (!knows(read, again)) {
      forget();
      read = rows.read(session, study, 0, List.of());
    }
    read.forEach(this::put);
    settled = open.isEmpty() ? last : open.first() - 1;
    return List.copyOf(trials);
  }

  /**
   * Whether the trials are those that this has seen: a database may give the ids of a study that
   * was deleted to another. The newest trial that has ended tells them apart.
   */
  private boolean knows(List<TrialRecord> read, Set<Long> again) {
    long found = read.stream().filter(trial -> again.contains(trial.id())).count();
    return found == again.size() && (lastEnded == null || read.contains(lastEnded));
  }

  private void forget() {
    trials.clear();
    open.clear();
    distributions.clear();
    lastEnded = null;
    last = 0;
    settled = 0;
  }

  /** One that has ended stays the same object: samplers know by it what they have worked out. */
  private void put(TrialRecord trial) {
    int place = Collections.binarySearch(trials, trial, ORDER);
    if (place < 0) {
      trials.add(-place - 1, trial);
    } else if (!trials.get(place).state().isFinished()) {
      trials.set(place, trial);
    }
    last = Math.max(last, trial.id());
    if (!trial.state().isFinished()) {
      open.add(trial.id());
    } else {
      open.remove(trial.id());
      if (lastEnded == null || lastEnded.id() < trial.id()) {
        lastEnded = trial;
      }
    }
    trial
        .parameters()
        .forEach((name, value) -> distributions.putIfAbsent(name, value.distribution()));
  }

  /** All trials of the study with at most this id have ended. */
  long settled() {
    return settled;
  }

  /** That of a parameter, if a trial that was read has it. */
  Optional<Distribution> distribution(String name) {
    return Optional.ofNullable(distributions.get(name));
  }
}
