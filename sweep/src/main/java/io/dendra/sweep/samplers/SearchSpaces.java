package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The search spaces that show in the trials of a study. Bounds are those of the latest trial. A
 * sampler keeps one of these for what it remembers of trials. For several threads.
 */
final class SearchSpaces {
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<List<String>, Kind> kinds = new ConcurrentHashMap<>();
  private final TrialMemo<Kind> kindOf =
      new TrialMemo<>(
          trial -> {
            List<String> names = List.copyOf(trial.parameters().keySet());
            return kinds.computeIfAbsent(names, key -> new Kind(ids.getAndIncrement(), key));
          });

  /** Trials with the same parameters, in the same order. */
  private record Kind(int id, List<String> names) {}

  /** The parameters of more than one value that all complete and pruned trials have. */
  Map<String, Distribution> common(StudySnapshot study) {
    List<TrialRecord> latest = latestOfKinds(study, SearchSpaces::isObserved);
    Map<String, Distribution> space = several(latest);
    latest.forEach(trial -> space.keySet().retainAll(trial.parameters().keySet()));
    return space;
  }

  /**
   * The parameters that appear together, group by group: two are in one group when every trial has
   * both or neither. So what hangs on a condition is drawn together, apart from the rest.
   */
  List<Map<String, Distribution>> groups(StudySnapshot study) {
    List<TrialRecord> latest = latestOfKinds(study, SearchSpaces::isObserved);
    Map<BitSet, Map<String, Distribution>> groups = new LinkedHashMap<>();
    several(latest)
        .forEach(
            (name, distribution) -> {
              BitSet has = new BitSet();
              for (int i = 0; i < latest.size(); i++) {
                has.set(i, latest.get(i).parameters().containsKey(name));
              }
              groups.computeIfAbsent(has, key -> new TreeMap<>()).put(name, distribution);
            });
    return List.copyOf(groups.values());
  }

  /** The parameters of finished trials in the order in which they came up. */
  Map<String, Distribution> all(StudySnapshot study) {
    Map<String, Distribution> latest = latest(latestOfKinds(study, SearchSpaces::isFinished));
    Map<String, Distribution> all = new LinkedHashMap<>();
    BitSet seen = new BitSet();
    for (TrialRecord trial : study.trials()) {
      if (isFinished(trial)) {
        Kind kind = kindOf.of(trial);
        if (!seen.get(kind.id())) {
          seen.set(kind.id());
          kind.names().forEach(name -> all.putIfAbsent(name, latest.get(name)));
        }
      }
    }
    return all;
  }

  static boolean isObserved(TrialRecord trial) {
    return trial.state() == TrialState.COMPLETE || trial.state() == TrialState.PRUNED;
  }

  private static boolean isFinished(TrialRecord trial) {
    return trial.state().isFinished();
  }

  private static Map<String, Distribution> several(List<TrialRecord> latest) {
    Map<String, Distribution> several = latest(latest);
    several.values().removeIf(Distribution::isSingle);
    return several;
  }

  private static Map<String, Distribution> latest(List<TrialRecord> trials) {
    Map<String, Distribution> latest = new TreeMap<>();
    for (TrialRecord trial : trials) {
      trial.parameters().forEach((name, value) -> latest.putIfAbsent(name, value.distribution()));
    }
    return latest;
  }

  /** The latest trial of each kind, from the latest back: few, however many trials there are. */
  private List<TrialRecord> latestOfKinds(StudySnapshot study, Predicate<TrialRecord> counts) {
    List<TrialRecord> trials = study.trials();
    List<TrialRecord> latest = new ArrayList<>();
    BitSet seen = new BitSet();
    for (int i = trials.size() - 1; i >= 0; i--) {
      TrialRecord trial = trials.get(i);
      if (counts.test(trial)) {
        int kind = kindOf.of(trial).id();
        if (!seen.get(kind)) {
          seen.set(kind);
          latest.add(trial);
        }
      }
    }
    return latest;
  }
}
