package io.dendra.sweep.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.importance.Fanova;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the script of a report draws. */
final class ReportData {
  /** Fewer say nothing about a parameter. */
  private static final int LEAST_COMPLETE = 4;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Study study;
  private final ReportOptions options;
  private final List<TrialRecord> trials;

  ReportData(Study study, ReportOptions options) {
    this.study = study;
    this.options = options;
    this.trials = study.trials();
  }

  String json() {
    Map<String, Object> data = new LinkedHashMap<>();
    ReportParameters parameters = ReportParameters.of(trials);
    ReportTrials rows = new ReportTrials(parameters, trials);
    data.put("study", study.name());
    data.put("written", Instant.now().toEpochMilli());
    data.put("running", trials.stream().anyMatch(trial -> trial.state() == TrialState.RUNNING));
    data.put("objectives", objectives());
    data.put("parameters", parameters.described());
    data.put("trials", rows.rows());
    data.put("lanes", rows.lanes());
    data.put("causes", rows.causes());
    data.put("importances", importances());
    data.put("elapsed", elapsed());
    data.put("saved", saved());
    data.put("more", options.cards());
    data.put("settings", settings());
    data.put("provenance", provenance());
    try {
      return JSON.writeValueAsString(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists, texts and numbers are JSON", e);
    }
  }

  private List<Map<String, Object>> objectives() {
    List<Map<String, Object>> all = new ArrayList<>();
    List<Direction> directions = study.directions();
    for (int i = 0; i < directions.size(); i++) {
      all.add(
          Map.of(
              "name",
              options.objective(i, directions.size()),
              "direction",
              directions.get(i).name().toLowerCase(Locale.ROOT)));
    }
    return all;
  }

  /** Of each objective: names and shares, the largest first. */
  private List<List<Map<String, Object>>> importances() {
    List<List<Map<String, Object>>> all = new ArrayList<>();
    StudySnapshot snapshot = study.snapshot();
    boolean enough = snapshot.in(TrialState.COMPLETE).size() >= LEAST_COMPLETE;
    for (int i = 0; i < study.directions().size(); i++) {
      List<Map<String, Object>> shares = new ArrayList<>();
      if (enough) {
        new Fanova()
            .objective(i)
            .evaluate(snapshot)
            .forEach(
                (name, share) -> shares.add(Map.of("name", name, "share", Numbers.compact(share))));
      }
      all.add(shares);
    }
    return all;
  }

  private Long elapsed() {
    Duration sum = Duration.ZERO;
    for (TrialRecord trial : trials) {
      sum = sum.plus(trial.duration().orElse(Duration.ZERO));
    }
    return sum.isZero() ? null : sum.toMillis();
  }

  private Map<String, Object> saved() {
    return PruningSavings.of(trials)
        .filter(savings -> savings.steps() > 0)
        .map(
            savings ->
                Map.<String, Object>of(
                    "milliseconds", savings.time().toMillis(),
                    "steps", savings.steps(),
                    "trials", savings.trials()))
        .orElse(null);
  }

  private Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("seed", String.valueOf(study.seed()));
    all.putAll(options.settings());
    return all;
  }

  /** What trials noted of where they come from; each fact once, with all values that it had. */
  private Map<String, Object> provenance() {
    Map<String, Object> all = new LinkedHashMap<>();
    String version = ReportData.class.getPackage().getImplementationVersion();
    all.put("report written by", "dendra " + (version == null ? "development build" : version));
    for (String key : List.of("dendra", "java", "os", "device", "backend", "data_sha256")) {
      List<String> values =
          trials.stream()
              .map(trial -> trial.userAttributes().get(key))
              .filter(value -> value instanceof String)
              .map(String::valueOf)
              .distinct()
              .limit(20)
              .toList();
      if (!values.isEmpty()) {
        all.put(key, String.join(", ", values));
      }
    }
    return all;
  }
}
