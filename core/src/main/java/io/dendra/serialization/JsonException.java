package io.dendra.serialization;

/** Text that is not JSON, or a value that JSON cannot hold; the message says where and why. */
public final class JsonException extends RuntimeException {
  /** An error with its message. */
  public JsonException(String message) {
    super(message);
  }
}
