package io.dendra.sweep.execution;

import java.time.Duration;

/** A trial took longer than a trial may. */
public final class TrialTimeoutException extends RuntimeException {
  /** With the number of the trial and how long it might take. */
  public TrialTimeoutException(int trial, Duration limit, Throwable cause) {
    super("trial " + trial + " took longer than " + limit + " and was ended", cause);
  }
}
