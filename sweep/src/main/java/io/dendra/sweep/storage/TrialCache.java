package io.dendra.sweep.storage;

import io.dendra.sweep.TrialRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The trials of one study. Those that have ended do not change and are kept; the others, and those
 * that are new, are read each time.
 */
final class TrialCache {
  private final long study;
  private final TrialRows rows;
  private final TreeMap<Long, TrialRecord> ended = new TreeMap<>();
  private final Set<Long> others = new TreeSet<>();
  private long last;

  TrialCache(long study, TrialRows rows) {
    this.study = study;
    this.rows = rows;
  }

  /** All trials as they are now, in the order of their numbers. */
  synchronized List<TrialRecord> trials(Connection connection) throws SQLException {
    Set<Long> again = new TreeSet<>(others);
    TrialRecord known = ended.isEmpty() ? null : ended.lastEntry().getValue();
    if (known != null) {
      again.add(known.id());
    }
    List<TrialRecord> read = rows.read(connection, study, last, again);
    if (!knows(read, again, known)) {
      ended.clear();
      others.clear();
      last = 0;
      read = rows.read(connection, study, 0, Set.of());
    }
    List<TrialRecord> all = new ArrayList<>(ended.size() + read.size());
    for (TrialRecord trial : read) {
      last = Math.max(last, trial.id());
      if (trial.state().isFinished()) {
        others.remove(trial.id());
        ended.putIfAbsent(trial.id(), trial);
      } else {
        others.add(trial.id());
        all.add(trial);
      }
    }
    all.addAll(ended.values());
    all.sort(Comparator.comparingInt(TrialRecord::number));
    return List.copyOf(all);
  }

  /**
   * Whether the trials are those that this has seen: a database may give the ids of a study that
   * was deleted to another. The newest trial that has ended tells them apart.
   */
  private static boolean knows(List<TrialRecord> read, Set<Long> again, TrialRecord known) {
    long found = read.stream().filter(trial -> again.contains(trial.id())).count();
    return found == again.size() && (known == null || read.contains(known));
  }
}
