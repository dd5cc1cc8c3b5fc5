package io.dendra.ops;

/**
 * An op was given operands that do not fit; the message names the op, the operands and the layer.
 */
public final class OpException extends IllegalArgumentException {
  private final String problem;

  /** An exception about operands. */
  public OpException(String problem) {
    super(problem);
    this.problem = problem;
  }

  private OpException(String message, String problem, Throwable cause) {
    super(message, cause);
    this.problem = problem;
  }

  /** The same problem with the path of the layer in which it arose. */
  public OpException in(String layerPath) {
    return new OpException("in layer " + layerPath + ": " + problem, problem, this);
  }
}
