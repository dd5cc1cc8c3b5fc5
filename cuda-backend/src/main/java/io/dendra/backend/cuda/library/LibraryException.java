package io.dendra.backend.cuda.library;

/** CUDA cannot be used; the message is the reason, in one line. */
final class LibraryException extends Exception {
  LibraryException(String reason) {
    super(reason);
  }

  LibraryException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
