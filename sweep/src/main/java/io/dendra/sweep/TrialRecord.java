package io.dendra.sweep;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a study knows of one trial, at one moment.
 *
 * @param id its key in the storage
 * @param number its place in the study, from 0
 * @param state where it stands
 * @param values of the objectives, once it is complete; else empty. A pruned trial has the last
 *     value that it reported.
 * @param started when somebody began to work on it, or null
 * @param ended when it ended, or null
 * @param parameters in the order in which they were suggested
 * @param reports what it reported, by step
 * @param userAttributes what its objective noted: values of JSON
 * @param systemAttributes what the library noted: values of JSON
 */
public record TrialRecord(
    long id,
    int number,
    TrialState state,
    List<Double> values,
    Instant started,
    Instant ended,
    Map<String, ParameterValue> parameters,
    NavigableMap<Integer, Double> reports,
    Map<String, Object> userAttributes,
    Map<String, Object> systemAttributes) {
  /** Copies what it is given. */
  public TrialRecord {
    values = List.copyOf(values);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    reports = Collections.unmodifiableNavigableMap(new TreeMap<>(reports));
    userAttributes = Collections.unmodifiableMap(new LinkedHashMap<>(userAttributes));
    systemAttributes = Collections.unmodifiableMap(new LinkedHashMap<>(systemAttributes));
  }

  /** One that runs, with nothing but its parameters to tell. */
  public static TrialRecord running(
      long id,
      int number,
      Instant started,
      Map<String, ParameterValue> parameters,
      Map<String, Object> systemAttributes) {
    return new TrialRecord(
        id,
        number,
        TrialState.RUNNING,
        List.of(),
        started,
        null,
        parameters,
        Collections.emptyNavigableMap(),
        Map.of(),
        systemAttributes);
  }

  /**
   * The value of a trial of one objective.
   *
   * @throws IllegalStateException when it has none, or several
   */
  public double value() {
    if (values.size() != 1) {
      throw new IllegalStateException(
          "trial " + number + " is " + state + " and has " + values.size() + " values");
    }
    return values.get(0);
  }

  /** The values of its parameters, as users see them. */
  public Map<String, Object> parameterValues() {
    Map<String, Object> all = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> all.put(name, parameter.value()));
    return all;
  }

  /** How long it took, once it has ended. */
  public Optional<Duration> duration() {
    return started == null || ended == null
        ? Optional.empty()
        : Optional.of(Duration.between(started, ended));
  }

  /** The same trial with the first of its parameters only. */
  TrialRecord withParameters(int count) {
    Map<String, ParameterValue> first = new LinkedHashMap<>();
    parameters.entrySet().stream()
        .limit(count)
        .forEach(entry -> first.put(entry.getKey(), entry.getValue()));
    return running(id, number, started, first, systemAttributes);
  }
}
