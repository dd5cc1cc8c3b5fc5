package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.text.Suggestions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells misspelt names of parameters from those that exist. */
final class ParameterNames {
  private ParameterNames() {}

  /**
   * Checks names against what a task knows, where it does.
   *
   * @throws Failure for one that is not known, with the nearest
   */
  static void require(String option, Set<String> names, String objective, Set<String> known) {
    for (String name : names) {
      if (!known.isEmpty() && !known.contains(name)) {
        String near = Suggestions.nearest(name, known);
        throw new Failure(
            option
                + ": "
                + objective
                + " has no parameter '"
                + name
                + "'"
                + (near.isEmpty() ? "." : near)
                + " There are "
                + String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  /**
   * Checks names and kinds of values against what the trials of a study had.
   *
   * @throws Failure for one that does not fit, with what would
   */
  static void require(String option, Map<String, Object> given, Study study) {
    Map<String, Distribution> known = new TreeMap<>();
    for (TrialRecord trial : study.trials()) {
      trial.parameters().forEach((name, value) -> known.put(name, value.distribution()));
    }
    require(option, given.keySet(), "study '" + study.name() + "'", known.keySet());
    given.forEach(
        (name, value) -> {
          try {
            if (known.containsKey(name)) {
              known.get(name).encode(value);
            }
          } catch (IllegalArgumentException e) {
            throw new Failure(option + " " + name + "=" + value + ": " + e.getMessage(), e);
          }
        });
  }
}
