package io.dendra.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a storage knows of a study beside its trials.
 *
 * @param id its key in the storage
 * @param name unique in the storage
 * @param directions one for each objective
 * @param userAttributes what users noted: values of JSON
 * @param systemAttributes what the library noted: values of JSON
 */
public record StudyRecord(
    long id,
    String name,
    List<Direction> directions,
    Map<String, Object> userAttributes,
    Map<String, Object> systemAttributes) {
  /** Copies what it is given. */
  public StudyRecord {
    directions = List.copyOf(directions);
    userAttributes = Collections.unmodifiableMap(new LinkedHashMap<>(userAttributes));
    systemAttributes = Collections.unmodifiableMap(new LinkedHashMap<>(systemAttributes));
  }
}
