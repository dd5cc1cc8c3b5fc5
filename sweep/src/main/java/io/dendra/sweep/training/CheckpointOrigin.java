package io.dendra.sweep.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.sweep.Trial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whose training a checkpoint holds: a folder may be older than the study that uses it now, such as
 * one whose database was removed.
 *
 * @param seed of the trial
 * @param parameters of the trial, their values as JSON
 * @param data hash of what it trains on, or null
 */
record CheckpointOrigin(long seed, Map<String, String> parameters, String data) {
  private static final ObjectMapper JSON = new ObjectMapper();

  CheckpointOrigin {
    parameters = parameters == null ? Map.of() : new LinkedHashMap<>(parameters);
  }

  static CheckpointOrigin of(Trial trial, String data) {
    Map<String, String> parameters = new LinkedHashMap<>();
    trial.parameters().forEach((name, value) -> parameters.put(name, json(value)));
    return new CheckpointOrigin(trial.seed(), parameters, data);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a parameter that is no value of JSON: " + value, e);
    }
  }

  /** Whether both may be one trial: parameters that only one has were suggested later. */
  boolean fits(CheckpointOrigin other) {
    return other != null
        && seed == other.seed
        && Objects.equals(data, other.data)
        && parameters.entrySet().stream()
            .allMatch(
                mine ->
                    other
                        .parameters
                        .getOrDefault(mine.getKey(), mine.getValue())
                        .equals(mine.getValue()));
  }
}
