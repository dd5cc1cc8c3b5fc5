package io.dendra.data;

/**
 * A known data set that is neither on this machine nor can be downloaded; the message says which
 * file belongs where.
 *
 * <p>It is apart from {@link DataException} so that a program can go on with other data when there
 * is none, and still stop when there is some that is damaged.
 */
public final class DataUnavailableException extends DataException {
  /** An error with its message. */
  public DataUnavailableException(String message) {
    super(message);
  }

  /** An error that another one led to. */
  public DataUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
