package io.dendra.data;

/**
 * Data that cannot be read or used; the message names the file or array, what was found, what was
 * expected and what to do.
 */
public class DataException extends RuntimeException {
  /** An error with its message. */
  public DataException(String message) {
    super(message);
  }

  /** An error that another one led to. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
