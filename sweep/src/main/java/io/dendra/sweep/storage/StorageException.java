package io.dendra.sweep.storage;

/** A storage cannot be opened, read or written. */
public class StorageException extends RuntimeException {
  /** With what happened and where. */
  public StorageException(String message) {
    super(message);
  }

  /** With the cause. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
