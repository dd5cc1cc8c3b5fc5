package io.dendra.backend;

/**
 * Functions of two numbers of one type.
 *
 * <p>Integer {@link #DIV} truncates towards zero and {@link #MOD} takes the sign of the divisor;
 * dividing an integer by zero gives 0 on every backend. {@link #MAXIMUM} and {@link #MINIMUM} give
 * NaN when either operand is NaN.
 */
public enum BinaryOp {
  ADD(true, -3, 3),
  SUB(true, -3, 3),
  MUL(true, -3, 3),
  DIV(true, 0.5, 3),
  /** As IEEE 754 has it: 1 to any power is 1, NaN and infinity included. */
  POW(true, 0.5, 2.5),
  /** The remainder of floored division: {@code a - floor(a / b) * b}. */
  MOD(true, 0.5, 3),
  MAXIMUM(true, -3, 3),
  MINIMUM(true, -3, 3),
  /** The angle of the point (second operand, first operand), in radians. */
  ATAN2(true, 0.3, 3),
  LOGICAL_AND(false, 0, 1),
  LOGICAL_OR(false, 0, 1),
  LOGICAL_XOR(false, 0, 1);

  private final boolean differentiable;
  private final double low;
  private final double high;

  BinaryOp(boolean differentiable, double low, double high) {
    this.differentiable = differentiable;
    this.low = low;
    this.high = high;
  }

  /** Whether gradients flow through it. */
  public boolean isDifferentiable() {
    return differentiable;
  }

  /** Whether it takes and gives booleans only. */
  public boolean isLogical() {
    return this == LOGICAL_AND || this == LOGICAL_OR || this == LOGICAL_XOR;
  }

  /** Whether integer operands are allowed. */
  public boolean takesIntegers() {
    return !isLogical() && this != POW && this != ATAN2;
  }

  /** The lower end of the sampling interval of the conformance kit. */
  public double low() {
    return low;
  }

  /** The upper end of the sampling interval of the conformance kit. */
  public double high() {
    return high;
  }
}
