package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.Distribution;
import java.lang.ref.SoftReference;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the rows of the spaces that were drawn from last, of several studies if a sampler has them,
 * as long as there is memory.
 */
final class RowsCache {
  private static final int SPACES = 64;

  private final Map<Key, SoftReference<TrialRows>> rows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SoftReference<TrialRows>> eldest) {
          return size() > SPACES;
        }
      };

  /**
   * A guess at the study: its first trial. Two studies with the same key take rows from each other
   * but never use them, since rows know their trials.
   */
  private record Key(
      long trial, Instant started, List<String> names, List<Distribution> distributions) {}

  synchronized TrialRows of(StudySnapshot study, Map<String, Distribution> space) {
    TrialRecord first = study.trials().isEmpty() ? null : study.trials().get(0);
    Key key =
        new Key(
            first == null ? -1 : first.id(),
            first == null ? null : first.started(),
            List.copyOf(space.keySet()),
            List.copyOf(space.values()));
    SoftReference<TrialRows> kept = rows.get(key);
    TrialRows found = kept == null ? null : kept.get();
    if (found == null) {
      found = new TrialRows(space);
      rows.put(key, new SoftReference<>(found));
    }
    return found;
  }
}
