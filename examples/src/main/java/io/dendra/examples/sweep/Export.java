package io.dendra.examples.sweep;

import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The trials of a study in the columns of Optuna's {@code trials_dataframe}. */
final class Export {
  private final Study study;
  private final List<TrialRecord> trials;

  Export(Study study) {
    this.study = study;
    this.trials = study.trials();
  }

  Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("study", study.name());
    all.put(
        "directions",
        study.directions().stream().map(d -> d.name().toLowerCase(Locale.ROOT)).toList());
    all.put("attributes", study.attributes());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (TrialRecord trial : trials) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("number", trial.number());
      row.put("state", trial.state().name());
      row.put("values", trial.values());
      row.put("started", text(trial.started()));
      row.put("ended", text(trial.ended()));
      row.put("parameters", trial.parameterValues());
      row.put("reports", trial.reports());
      row.put("attributes", trial.userAttributes());
      row.put("system_attributes", trial.systemAttributes());
      rows.add(row);
    }
    all.put("trials", rows);
    return all;
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }

  String csv() {
    Set<String> parameters = new LinkedHashSet<>();
    Set<String> attributes = new LinkedHashSet<>();
    for (TrialRecord trial : trials) {
      parameters.addAll(trial.parameters().keySet());
      attributes.addAll(trial.userAttributes().keySet());
    }
    List<Object> head = new ArrayList<>(List.of("number"));
    int objectives = study.directions().size();
    for (int i = 0; i < objectives; i++) {
      head.add(objectives == 1 ? "value" : "values_" + i);
    }
    head.addAll(List.of("datetime_start", "datetime_complete", "duration"));
    parameters.forEach(name -> head.add("params_" + name));
    attributes.forEach(name -> head.add("user_attrs_" + name));
    head.add("state");
    StringBuilder text = new StringBuilder();
    line(text, head);
    for (TrialRecord trial : trials) {
      List<Object> row = new ArrayList<>(List.of(trial.number()));
      for (int i = 0; i < objectives; i++) {
        row.add(i < trial.values().size() ? trial.values().get(i) : "");
      }
      row.add(trial.started());
      row.add(trial.ended());
      row.add(trial.duration().map(took -> took.toMillis() / 1000.0).orElse(null));
      Map<String, Object> values = trial.parameterValues();
      parameters.forEach(name -> row.add(values.get(name)));
      attributes.forEach(name -> row.add(trial.userAttributes().get(name)));
      row.add(trial.state());
      line(text, row);
    }
    return text.toString();
  }

  /** As RFC 4180 has it; what a spreadsheet would take for a formula is led by an apostrophe. */
  private static void line(StringBuilder text, List<Object> cells) {
    for (int i = 0; i < cells.size(); i++) {
      text.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
    }
    text.append("\r\n");
  }

  private static String cell(Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    if (!(value instanceof Number) && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
