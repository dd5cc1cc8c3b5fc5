package io.dendra.sweep;

/** Where a trial stands. */
public enum TrialState {
  /** Enqueued, or given back after its process died; nobody works on it. */
  WAITING,
  /** Somebody works on it. */
  RUNNING,
  /** Ended with its values. */
  COMPLETE,
  /** Ended early, since it looked worse than others. */
  PRUNED,
  /** Ended by an error, as often as it was tried. */
  FAIL;

  /** Whether it has ended. */
  public boolean isFinished() {
    return this == COMPLETE || this == PRUNED || this == FAIL;
  }
}
