package io.dendra.ops;

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

  private OpException(String layerPath, OpException problem) {
    super("in layer " + layerPath + ": " + problem.getMessage(), problem);
    this.located = true;
  }

  /**
   * The same problem with the path of the layer in which it arose; the innermost layer is named.
   */
  public OpException in(String layerPath) {
    return located ? this : new OpException(layerPath, this);
  }
}
