package io.dendra.sweep.storage;

import io.dendra.sweep.TrialRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The right to write to a running trial.
 *
 * @param trial the trial's id
 * @param owner who started it, unique for each start; null when it was not started by this library
 *     but by Optuna, whose trials name none
 */
public record TrialLease(long trial, String owner) {
  /** The system attribute that holds the owner. */
  public static final String OWNER = "dendra:owner";

  /** The system attribute that holds how often the trial was started. */
  public static final String ATTEMPT = "dendra:attempt";

  /** The lease by which a running trial is held. */
  public static TrialLease of(TrialRecord trial) {
    Object owner = trial.systemAttributes().get(OWNER);
    return new TrialLease(trial.id(), owner instanceof String text ? text : null);
  }

  /** What a trial notes as it starts: its owner, the number of starts, and others. */
  static Map<String, Object> attributes(
      TrialRecord trial, String owner, Function<TrialRecord, Map<String, Object>> others) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(OWNER, owner);
    all.put(ATTEMPT, attempts(trial) + 1L);
    others
        .apply(trial)
        .forEach(
            (key, value) -> all.put(Names.require("an attribute", key), StoredJson.normal(value)));
    return all;
  }

  /** How often a trial was started. */
  public static int attempts(TrialRecord trial) {
    return trial.systemAttributes().get(ATTEMPT) instanceof Number number ? number.intValue() : 0;
  }
}
