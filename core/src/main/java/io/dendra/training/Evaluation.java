package io.dendra.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The loss and the metrics of a model on a dataset.
 *
 * @param values by key: {@code loss}, {@code accuracy}
 */
public record Evaluation(Map<String, Double> values) {
  /** Copies the values. */
  public Evaluation {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The loss. */
  public double loss() {
    return get("loss");
  }

  /**
   * A value by key.
   *
   * @throws IllegalArgumentException when there is no such key, listing those that are
   */
  public double get(String key) {
    Double value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no '" + key + "' was measured: " + values.keySet());
    }
    return value;
  }

  /** {@code loss 0.0712, accuracy 0.9781}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %.4f", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
