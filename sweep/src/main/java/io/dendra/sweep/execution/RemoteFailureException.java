package io.dendra.sweep.execution;

/** What an objective threw in another process: its message holds the stack trace of there. */
public final class RemoteFailureException extends RuntimeException {
  private final String thrown;
  private final boolean deviceLost;

  RemoteFailureException(String thrown, String trace, boolean deviceLost) {
    super("in the trial's process: " + trace, null, false, false);
    this.thrown = thrown;
    this.deviceLost = deviceLost;
  }

  /** The name of the class that was thrown. */
  public String thrown() {
    return thrown;
  }

  /** Whether it came from a device that the process could no longer use. */
  public boolean isDeviceLost() {
    return deviceLost;
  }
}
