package io.dendra.examples.cli;

import io.dendra.backend.BackendException;
import io.dendra.data.DataException;

/** A command that cannot be carried out, in one line that says why. */
public final class Failure extends RuntimeException {
  public Failure(String message) {
    super(message);
  }

  public Failure(String message, Throwable cause) {
    super(message, cause);
  }

  /** What to print for an error: its message, with its kind where the message alone says little. */
  public static String line(Throwable error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    return speaksForItself(error) ? message : error.getClass().getSimpleName() + ": " + message;
  }

  /** Whether the message was written to be read by whoever typed the command. */
  public static boolean speaksForItself(Throwable error) {
    if (error.getMessage() == null || error.getMessage().isBlank()) {
      return false;
    }
    return error instanceof Failure
        || error instanceof DataException
        || error instanceof BackendException
        || error instanceof IllegalArgumentException
        || (error instanceof RuntimeException
            && error.getClass().getPackageName().startsWith("io.dendra."));
  }
}
