package io.dendra.sweep.execution;

/** The process that ran a trial died, or nothing was heard of it for too long. */
public final class WorkerLostException extends RuntimeException {
  /** With what is known of its end. */
  public WorkerLostException(String message) {
    super(message);
  }

  /** With what is known of its end, and the error by which it was seen. */
  public WorkerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
