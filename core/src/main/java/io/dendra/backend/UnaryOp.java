package io.dendra.backend;

/**
 * Functions of one number.
 *
 * <p>{@code low} and {@code high} bound an interval on which the function and its derivatives are
 * smooth and well scaled: the conformance kit draws its samples there. Integers are supported by
 * {@link #NEG}, {@link #ABS}, {@link #SIGN} and {@link #SQUARE}; all others take floats.
 */
public enum UnaryOp {
  NEG(true, -3, 3),
  ABS(true, 0.2, 3),
  SIGN(false, 0.2, 3),
  SQUARE(true, -3, 3),
  SQRT(true, 0.3, 4),
  RSQRT(true, 0.3, 4),
  RECIPROCAL(true, 0.3, 4),
  EXP(true, -3, 3),
  EXPM1(true, -2, 2),
  LOG(true, 0.3, 4),
  LOG1P(true, -0.5, 3),
  SIN(true, -3, 3),
  COS(true, -3, 3),
  TAN(true, -1, 1),
  ATAN(true, -3, 3),
  SINH(true, -2, 2),
  COSH(true, -2, 2),
  TANH(true, -2, 2),
  SIGMOID(true, -4, 4),
  RELU(true, 0.2, 3),
  SOFTPLUS(true, -4, 4),
  /** The Gauss error function. */
  ERF(true, -2, 2),
  FLOOR(false, 0.1, 0.9),
  CEIL(false, 0.1, 0.9),
  /** To the nearest integer, halves to the even one. */
  ROUND(false, 0.1, 0.4);

  private final boolean differentiable;
  private final double low;
  private final double high;

  UnaryOp(boolean differentiable, double low, double high) {
    this.differentiable = differentiable;
    this.low = low;
    this.high = high;
  }

  /** Whether the derivative is more than zero almost everywhere. */
  public boolean isDifferentiable() {
    return differentiable;
  }

  /** Whether integer operands are allowed. */
  public boolean takesIntegers() {
    return this == NEG || this == ABS || this == SIGN || this == SQUARE;
  }

  /** The lower end of the sampling interval. */
  public double low() {
    return low;
  }

  /** The upper end of the sampling interval. */
  public double high() {
    return high;
  }
}
