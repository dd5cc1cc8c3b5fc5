package io.dendra.ops;

import io.dendra.backend.LateIndexException;
import java.util.function.UnaryOperator;

/**
 * An op was given operands that do not fit; the message names the op, the operands and the layer.
 */
public final class OpException extends IllegalArgumentException {
  private final boolean located;

  /** An exception about operands. */
  public OpException(String problem) {
    super(problem);
    this.located = false;
  }

  /** An exception about operands and what found it. */
  public OpException(String problem, Throwable cause) {
    super(problem, cause);
    this.located = false;
  }

  private OpException(String message, OpException problem, boolean located) {
    super(message, problem);
    this.located = located;
  }

  /** An exception about an index of an op that had returned when the device found it. */
  public static OpException late(LateIndexException found) {
    return new OpException(
        found.op()
            + ": an index is out of range, "
            + found.getMessage()
            + " (found after the op, when its device was waited for)",
        found);
  }

  /**
   * The same problem with the path of the layer in which it arose; the innermost layer is named.
   */
  public OpException in(String layerPath) {
    return located
        ? this
        : new OpException("in layer " + layerPath + ": " + getMessage(), this, true);
  }

  /** The same problem in other words. */
  public OpException reworded(UnaryOperator<String> words) {
    return new OpException(words.apply(getMessage()), this, located);
  }
}
