package io.dendra.serialization;

/** A file of a model or of weights that cannot be read or written: which, why, and what to do. */
public final class ModelFileException extends RuntimeException {
  /** An error with its message. */
  public ModelFileException(String message) {
    super(message);
  }

  /** An error that another one led to. */
  public ModelFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
