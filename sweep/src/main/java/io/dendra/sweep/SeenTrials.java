package io.dendra.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which trials a trial knew of when it began, as a line of text: {@code 0-5,8;6:2,7:0} are six
 * trials and one that had ended, and two that ran and had two parameters and none. With it, what a
 * sampler drew in a study of many workers can be drawn again.
 */
final class SeenTrials {
  /** The system attribute that holds the line. */
  private static final String KEY = "dendra:seen";

  private SeenTrials() {}

  /**
   * What a trial notes when it starts: what it knows of the others, unless it began before and
   * noted it then, and more.
   */
  static Map<String, Object> noted(
      TrialRecord trial, List<TrialRecord> others, Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put(
        KEY,
        trial.systemAttributes().get(KEY) instanceof String line
            ? line
            : write(visible(others, trial.number())));
    return all;
  }

  /** What a trial noted, out of all trials; empty when it did not begin here. */
  static Optional<List<TrialRecord>> of(TrialRecord trial, List<TrialRecord> all) {
    return trial.systemAttributes().get(KEY) instanceof String line
        ? Optional.of(read(line, all))
        : Optional.empty();
  }

  /** What a trial may know: no waiting trials, and of running ones their parameters alone. */
  static List<TrialRecord> visible(List<TrialRecord> trials, int except) {
    List<TrialRecord> visible = new ArrayList<>(trials.size());
    for (TrialRecord trial : trials) {
      if (trial.number() == except || trial.state() == TrialState.WAITING) {
        continue;
      }
      visible.add(
          trial.state() == TrialState.RUNNING
              ? trial.withParameters(trial.parameters().size())
              : trial);
    }
    return visible;
  }

  static String write(List<TrialRecord> visible) {
    StringBuilder ended = new StringBuilder();
    StringBuilder running = new StringBuilder();
    int first = -1;
    int last = -1;
    for (TrialRecord trial : visible) {
      if (trial.state() == TrialState.RUNNING) {
        comma(running).append(trial.number()).append(':').append(trial.parameters().size());
      } else if (first >= 0 && trial.number() == last + 1) {
        last++;
      } else {
        range(ended, first, last);
        first = trial.number();
        last = first;
      }
    }
    range(ended, first, last);
    return ended.append(';').append(running).toString();
  }

  /** The trials of a line, as they were then. */
  static List<TrialRecord> read(String line, List<TrialRecord> trials) {
    int middle = line.indexOf(';');
    Map<Integer, Integer> running = new HashMap<>();
    for (String part : parts(line.substring(middle + 1))) {
      int colon = part.indexOf(':');
      running.put(
          Integer.parseInt(part.substring(0, colon)), Integer.parseInt(part.substring(colon + 1)));
    }
    boolean[] ended = new boolean[trials.size()];
    for (String part : parts(line.substring(0, middle))) {
      int dash = part.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
      for (int number = first; number <= last; number++) {
        ended[number] = true;
      }
    }
    List<TrialRecord> seen = new ArrayList<>();
    for (TrialRecord trial : trials) {
      Integer parameters = running.get(trial.number());
      if (parameters != null) {
        seen.add(trial.withParameters(parameters));
      } else if (ended[trial.number()]) {
        seen.add(trial);
      }
    }
    return seen;
  }

  private static List<String> parts(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
  }

  private static void range(StringBuilder text, int first, int last) {
    if (first >= 0) {
      comma(text).append(first);
      if (last > first) {
        text.append('-').append(last);
      }
    }
  }

  private static StringBuilder comma(StringBuilder text) {
    return text.isEmpty() ? text : text.append(',');
  }
}
