package io.dendra.backend;

import java.io.Serial;

/**
 * An error has made a device unusable for the rest of the process; other devices go on.
 *
 * <p>What lies in its memory is lost. Closing tensors on it stays allowed.
 */
public final class DeviceLostException extends BackendException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception that names the device and what happened. */
  public DeviceLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
