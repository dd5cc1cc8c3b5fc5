package io.dendra.backend;

import java.io.Serial;

/**
 * A backend cannot be started, or failed in native code; the message gives the reason, and the
 * layer that was at work.
 */
public class BackendException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private String layer;

  /** An exception with a reason. */
  public BackendException(String message) {
    super(message);
  }

  /** An exception with a reason and what caused it. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Notes the path of the layer that was at work; the innermost layer is named. */
  public BackendException in(String layerPath) {
    if (layer == null) {
      layer = layerPath;
    }
    return this;
  }

  @Override
  public String getMessage() {
    return layer == null ? super.getMessage() : "in layer " + layer + ": " + super.getMessage();
  }
}
