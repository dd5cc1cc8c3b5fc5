package io.dendra.sweep;

/** Ends a trial early: thrown by its objective when {@link Trial#shouldPrune} says so. */
public final class TrialPrunedException extends RuntimeException {
  /** For an objective to throw. */
  public TrialPrunedException() {
    super("the trial was pruned");
  }

  /** With the reason. */
  public TrialPrunedException(String reason) {
    super(reason);
  }
}
