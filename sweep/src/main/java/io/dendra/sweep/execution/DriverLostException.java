package io.dendra.sweep.execution;

/** The process that has the study died, or took the trial back: the worker gives it up. */
public final class DriverLostException extends RuntimeException {
  DriverLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
