package io.dendra.backend;

import java.io.Serial;

/** Something was asked for while work is recorded that recorded work cannot do. */
public final class CaptureException extends BackendException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception with what was asked for. */
  public CaptureException(String message) {
    super(message);
  }
}
