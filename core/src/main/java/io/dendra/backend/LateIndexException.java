package io.dendra.backend;

/**
 * An index was out of range, and the device found it out after the op had returned: it works ahead,
 * and reports it to whoever waits for it next.
 */
public final class LateIndexException extends IndexOutOfBoundsException {
  private final String op;

  /**
   * An exception about an index.
   *
   * @param op the op that used it
   * @param message which index, and the length of the axis, in the words of {@link Backend}
   */
  public LateIndexException(String op, String message) {
    super(message);
    this.op = op;
  }

  /** The name of the op that used the index. */
  public String op() {
    return op;
  }
}
