package io.dendra.sweep.report;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.storage.TrialLease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The trials of a report, within what a page may weigh. */
final class ReportTrials {
  /** Reports of all trials together: long curves are thinned, their ends are kept. */
  private static final int REPORTS = 30_000;

  private static final int LEAST_REPORTS = 8;
  private static final int CAUSE_LENGTH = 2_000;
  private static final int CAUSES = 100;

  private final ReportParameters parameters;
  private final List<TrialRecord> trials;
  private final List<String> lanes;
  private final List<String> causes = new ArrayList<>();

  ReportTrials(ReportParameters parameters, List<TrialRecord> trials) {
    this.parameters = parameters;
    this.trials = trials;
    TreeSet<String> found = new TreeSet<>();
    for (TrialRecord trial : trials) {
      String lane = lane(trial);
      if (lane != null) {
        found.add(lane);
      }
    }
    this.lanes = new ArrayList<>(found);
  }

  /** The slots or devices that trials ran on. */
  List<String> lanes() {
    return lanes;
  }

  /** What trials failed by, each once; complete after {@link #rows}. */
  List<String> causes() {
    return causes;
  }

  List<Map<String, Object>> rows() {
    int most = Math.max(LEAST_REPORTS, REPORTS / Math.max(1, trials.size()));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (TrialRecord trial : trials) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("n", trial.number());
      row.put("s", trial.state().name());
      row.put("v", trial.values().stream().map(Numbers::compact).toList());
      row.put("b", trial.started() == null ? null : trial.started().toEpochMilli());
      row.put("e", trial.ended() == null ? null : trial.ended().toEpochMilli());
      row.put("l", lanes.indexOf(lane(trial)));
      row.put("p", parameters.values(trial));
      row.put("c", cause(trial));
      row.put("a", TrialLease.attempts(trial));
      if (!trial.reports().isEmpty()) {
        row.put("r", reports(trial, most));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The slot, or else the device that the trial noted. */
  private static String lane(TrialRecord trial) {
    if (trial.systemAttributes().get("dendra:slot") instanceof String slot) {
      return slot;
    }
    return trial.userAttributes().get("device") instanceof String device ? device : null;
  }

  private int cause(TrialRecord trial) {
    if (!(trial.systemAttributes().get("fail_reason") instanceof String whole)) {
      return -1;
    }
    String text = whole.length() > CAUSE_LENGTH ? whole.substring(0, CAUSE_LENGTH) + " …" : whole;
    if (!causes.contains(text)) {
      if (causes.size() >= CAUSES) {
        text = text.lines().findFirst().orElse(text);
        text = text.substring(0, Math.min(200, text.length()));
      }
      if (!causes.contains(text)) {
        causes.add(text);
      }
    }
    return causes.indexOf(text);
  }

  private static List<List<Object>> reports(TrialRecord trial, int most) {
    List<Object> steps = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    int size = trial.reports().size();
    int every = Math.max(1, (int) Math.ceil(size / (double) most));
    int place = 0;
    for (Map.Entry<Integer, Double> report : trial.reports().entrySet()) {
      if (place % every == 0 || place == size - 1) {
        steps.add(report.getKey());
        values.add(Numbers.compact(report.getValue()));
      }
      place++;
    }
    return List.of(steps, values);
  }
}
