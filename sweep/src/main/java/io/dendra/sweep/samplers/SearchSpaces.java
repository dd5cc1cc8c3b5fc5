package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The search spaces that show in the trials of a study. Bounds are those of the latest trial. */
final class SearchSpaces {
  /** So many sets of names are compared with; with more, the rest are handled trial by trial. */
  private static final int KINDS = 16;

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
    firstOfKinds(study, trial -> kinds.add(trial.parameters().keySet()));
    return new ArrayList<>(kinds);
  }

  private static Map<String, Distribution> latest(StudySnapshot study) {
    Map<String, Distribution> latest = new TreeMap<>();
    firstOfKinds(
        study,
        trial ->
            trial
                .parameters()
                .forEach((name, value) -> latest.putIfAbsent(name, value.distribution())));
    latest.values().removeIf(Distribution::isSingle);
    return latest;
  }

  /** From the latest trial back, all but some with the same parameters as one before. */
  private static void firstOfKinds(StudySnapshot study, Consumer<TrialRecord> action) {
    List<TrialRecord> trials = study.trials();
    List<Set<String>> seen = new ArrayList<>();
    for (int i = trials.size() - 1; i >= 0; i--) {
      TrialRecord trial = trials.get(i);
      if (isObserved(trial)) {
        Set<String> names = trial.parameters().keySet();
        if (seen.stream().limit(KINDS).noneMatch(kind -> sameInOrder(kind, names))) {
          seen.add(names);
          action.accept(trial);
        }
      }
    }
  }

  /** Name by name, which takes less time than to look each up. */
  private static boolean sameInOrder(Set<String> left, Set<String> right) {
    if (left.size() != right.size()) {
      return false;
    }
    Iterator<String> others = right.iterator();
    for (String name : left) {
      if (!name.equals(others.next())) {
        return false;
      }
    }
    return true;
  }
}
