package io.dendra.sweep.progress;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sweep in lines no longer than a terminal is wide. */
final class ProgressText {
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 5;
  private static final int MOST_SLOTS = 16;

  private ProgressText() {}

  /** All that is to be seen at one moment. */
  static List<String> lines(ProgressState state, long now, int width) {
    List<String> lines = new ArrayList<>();
    lines.add(summary(state, width));
    lines.add(best(state));
    lines.add(times(state, now));
    state.slots().entrySet().stream()
        .limit(MOST_SLOTS)
        .forEach(entry -> lines.add(slot(entry, now)));
    int more = state.slots().size() - MOST_SLOTS;
    if (more > 0) {
      lines.add("  … " + more + " more");
    }
    lines.replaceAll(line -> cut(line, width));
    return lines;
  }

  /** The bar gives way to the numbers where the terminal is narrow. */
  private static String summary(ProgressState state, int width) {
    String begin = "sweep " + plain(state.study) + "  ";
    String numbers =
        state.running()
            + " running, "
            + state.count(TrialState.COMPLETE)
            + " done, "
            + state.count(TrialState.PRUNED)
            + " pruned, "
            + state.count(TrialState.FAIL)
            + " failed";
    if (state.total == Integer.MAX_VALUE) {
      return begin + state.finished() + " trials  " + numbers;
    }
    String count = " " + state.finished() + "/" + state.total + "  ";
    int room = width - begin.length() - count.length() - numbers.length() - 2;
    int bar = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, room));
    double share = Math.min(1, state.finished() / (double) Math.max(1, state.total));
    int full = (int) Math.round(bar * share);
    return begin + "[" + "=".repeat(full) + " ".repeat(bar - full) + "]" + count + numbers;
  }

  private static String best(ProgressState state) {
    TrialRecord best = state.best();
    if (best == null) {
      return "best   none yet";
    }
    return "best   "
        + number(best.value())
        + " (trial "
        + best.number()
        + ")  "
        + parameters(best.parameterValues());
  }

  private static String times(ProgressState state, long now) {
    String line = "time   " + clock(now - state.begin);
    long remaining = state.remaining(now);
    return remaining < 0 ? line : line + ", about " + clock(remaining) + " left";
  }

  private static String slot(Map.Entry<String, ProgressState.Slot> entry, long now) {
    ProgressState.Slot slot = entry.getValue();
    String name = String.format(Locale.ROOT, "  %-10s ", plain(entry.getKey()));
    if (slot.trial < 0) {
      return name + "-";
    }
    String told =
        slot.step < 0
            ? ""
            : String.format(Locale.ROOT, "  step %-4d %-10s", slot.step, number(slot.value));
    return name
        + String.format(Locale.ROOT, "trial %-5d", slot.trial)
        + told
        + "  "
        + clock(now - slot.since);
  }

  /** The line of a trial that has ended. */
  static String ended(TrialRecord trial, String slot, ProgressState state) {
    StringBuilder line = new StringBuilder();
    String count =
        state.total == Integer.MAX_VALUE
            ? String.valueOf(state.finished())
            : state.finished() + "/" + state.total;
    line.append(count).append("  trial ").append(trial.number()).append(' ');
    line.append(word(trial.state()));
    if (!trial.values().isEmpty()) {
      line.append(' ')
          .append(String.join(", ", trial.values().stream().map(ProgressText::number).toList()));
    }
    if (trial.state() == TrialState.PRUNED && !trial.reports().isEmpty()) {
      line.append(" at step ").append(trial.reports().lastKey());
    }
    trial.duration().ifPresent(took -> line.append(" in ").append(clock(took.toNanos())));
    line.append(" on ").append(plain(slot));
    if (trial.state() == TrialState.FAIL) {
      line.append(": ").append(cause(trial));
    } else {
      line.append("  ").append(parameters(trial.parameterValues()));
    }
    if (state.best() != null) {
      line.append("  | best ")
          .append(number(state.best().value()))
          .append(" (trial ")
          .append(state.best().number())
          .append(')');
    }
    return line.toString();
  }

  /** The first line of why a trial failed. */
  private static String cause(TrialRecord trial) {
    Object reason = trial.systemAttributes().get("fail_reason");
    String text = reason == null ? "" : String.valueOf(reason);
    return plain(text.lines().findFirst().orElse("the cause is not known"));
  }

  private static String word(TrialState state) {
    return switch (state) {
      case COMPLETE -> "done";
      case PRUNED -> "pruned";
      case FAIL -> "failed";
      case RUNNING -> "runs";
      case WAITING -> "waits again";
    };
  }

  private static String parameters(Map<String, Object> values) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : " ")
                .append(plain(name))
                .append('=')
                .append(value instanceof Double number ? number(number) : plain("" + value)));
    return text.toString();
  }

  /** Up to five digits. */
  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e7) {
      return String.valueOf((long) value);
    }
    return String.format(
        Locale.ROOT, Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7 ? "%.3e" : "%.5g", value);
  }

  private static String clock(long nanos) {
    long seconds = Math.max(0, nanos) / 1_000_000_000L;
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Names come from databases: nothing in them may steer the terminal. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String cut(String line, int width) {
    return line.codePointCount(0, line.length()) <= width
        ? line
        : line.substring(0, line.offsetByCodePoints(0, Math.max(1, width - 1))) + "…";
  }
}
