package io.dendra.sweep.storage;

import io.dendra.sweep.TrialRecord;

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

  /** How often a trial was started. */
  public static int attempts(TrialRecord trial) {
    return trial.systemAttributes().get(ATTEMPT) instanceof Number number ? number.intValue() : 0;
  }
}
