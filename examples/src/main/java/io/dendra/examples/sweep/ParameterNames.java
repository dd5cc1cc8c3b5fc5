package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import io.dendra.text.Suggestions;
import java.util.Set;
import java.util.TreeSet;

/** Tells misspelt names of parameters from those that exist. */
final class ParameterNames {
  private ParameterNames() {}

  /**
   * Checks names against what the task knows, else against what trials had.
   *
   * @throws Failure for one that is not known, with the nearest
   */
  static void require(String option, Set<String> names, SweepTask task, Study study) {
    Set<String> known = new TreeSet<>(task.parameterNames());
    if (known.isEmpty()) {
      for (TrialRecord trial : study.trials()) {
        known.addAll(trial.parameters().keySet());
      }
    }
    for (String name : names) {
      if (!known.isEmpty() && !known.contains(name)) {
        throw new Failure(
            option
                + ": study '"
                + study.name()
                + "' has no parameter '"
                + name
                + "'"
                + Suggestions.nearest(name, known)
                + " There are "
                + String.join(", ", known));
      }
    }
  }
}
