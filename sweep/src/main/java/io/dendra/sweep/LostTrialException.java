package io.dendra.sweep;

/**
 * A trial was taken from this worker: it showed no life for too long, so another may run it now.
 */
public final class LostTrialException extends RuntimeException {
  private LostTrialException(String message) {
    super(message);
  }

  /** The error of a worker that writes to a trial which is no longer its own. */
  public static LostTrialException of(int number, String owner) {
    return new LostTrialException(
        "trial "
            + number
            + " is no longer held by "
            + (owner == null ? "another library" : owner)
            + ": it has ended, or was given to another worker since this one showed no life for too"
            + " long. What it tells now is ignored");
  }
}
