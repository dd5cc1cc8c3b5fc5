package io.dendra.sweep;

import io.dendra.text.Suggestions;
import java.util.Set;
import java.util.TreeSet;

/** Tells a misspelt parameter from a new one: names that no trial of a study has had. */
final class KnownParameters {
  private KnownParameters() {}

  /**
   * Checks names against those of the finished trials, if there are any.
   *
   * @throws IllegalArgumentException when one is unknown, with those that are known
   */
  static void require(Set<String> names, Iterable<TrialRecord> trials) {
    Set<String> known = new TreeSet<>();
    for (TrialRecord trial : trials) {
      known.addAll(trial.parameters().keySet());
    }
    if (known.isEmpty()) {
      return;
    }
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "no trial of this study has a parameter '"
                + name
                + "'; there are "
                + known
                + Suggestions.nearest(name, known));
      }
    }
  }
}
