package io.dendra.backend;

/**
 * Functions that take all elements along some axes to one.
 *
 * <p>Over no elements {@link #SUM} is 0, {@link #PROD} 1, {@link #ANY} false and {@link #ALL} true;
 * {@link #MAX} and {@link #MIN} have no value and are refused above the backend. {@link #MAX} and
 * {@link #MIN} are NaN when an element is. {@link #ANY} and {@link #ALL} take and give booleans.
 */
public enum ReduceOp {
  SUM,
  PROD,
  MAX,
  MIN,
  ANY,
  ALL;

  /** Whether it takes and gives booleans. */
  public boolean isLogical() {
    return this == ANY || this == ALL;
  }
}
