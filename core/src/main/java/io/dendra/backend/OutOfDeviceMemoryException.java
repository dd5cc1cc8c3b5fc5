package io.dendra.backend;

/** A device has no memory left for a tensor; the message lists what holds the most. */
public final class OutOfDeviceMemoryException extends BackendException {
  /** An exception with what was asked for and what is held. */
  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
