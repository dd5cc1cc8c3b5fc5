package io.dendra.sweep.samplers;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The search spaces that show in the trials of a study. Bounds are those of the latest trial. */
final class SearchSpaces {
  private SearchSpaces() {}

  /** The parameters of more than one value that all complete and pruned trials have. */
  static Map<String, Distribution> common(StudySnapshot study) {
    List<Set<String>> kinds = kinds(study);
    Map<String, Distribution> latest = latest(study);
    kinds.forEach(names -> latest.keySet().retainAll(names));
    return latest;
  }

  /**
   * The parameters that appear together, group by group: two are in one group when every trial has
   * both or neither. So what hangs on a condition is drawn together, apart from the rest.
   */
  static List<Map<String, Distribution>> groups(StudySnapshot study) {
    List<Set<String>> kinds = kinds(study);
    Map<BitSet, Map<String, Distribution>> groups = new LinkedHashMap<>();
    latest(study)
        .forEach(
            (name, distribution) -> {
              BitSet has = new BitSet();
              for (int i = 0; i < kinds.size(); i++) {
                has.set(i, kinds.get(i).contains(name));
              }
              groups.computeIfAbsent(has, key -> new TreeMap<>()).put(name, distribution);
            });
    return List.copyOf(groups.values());
  }

  /** The parameters of finished trials in the order in which they came up. */
  static Map<String, Distribution> all(StudySnapshot study) {
    Map<String, Distribution> all = new LinkedHashMap<>();
    for (TrialRecord trial : study.trials()) {
      if (trial.state().isFinished()) {
        trial.parameters().forEach((name, value) -> all.put(name, value.distribution()));
      }
    }
    return all;
  }

  static boolean isObserved(TrialRecord trial) {
    return trial.state() == TrialState.COMPLETE || trial.state() == TrialState.PRUNED;
  }

  /** The different sets of names that trials have: few, however many trials there are. */
  private static List<Set<String>> kinds(StudySnapshot study) {
    Set<Set<String>> kinds = new LinkedHashSet<>();
    for (TrialRecord trial : study.trials()) {
      if (isObserved(trial)) {
        kinds.add(trial.parameters().keySet());
      }
    }
    return new ArrayList<>(kinds);
  }

  private static Map<String, Distribution> latest(StudySnapshot study) {
    Map<String, Distribution> latest = new HashMap<>();
    List<TrialRecord> trials = study.trials();
    for (int i = trials.size() - 1; i >= 0; i--) {
      if (isObserved(trials.get(i))) {
        for (Map.Entry<String, ParameterValue> entry : trials.get(i).parameters().entrySet()) {
          latest.putIfAbsent(entry.getKey(), entry.getValue().distribution());
        }
      }
    }
    Map<String, Distribution> sorted = new TreeMap<>(latest);
    sorted.values().removeIf(Distribution::isSingle);
    return sorted;
  }
}
