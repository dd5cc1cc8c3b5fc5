package io.dendra.backend;

import java.io.Serial;

/** A backend cannot be started, or failed in native code; the message gives the reason. */
public class BackendException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception with a reason. */
  public BackendException(String message) {
    super(message);
  }

  /** An exception with a reason and what caused it. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
