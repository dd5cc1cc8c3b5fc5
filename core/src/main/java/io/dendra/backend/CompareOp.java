package io.dendra.backend;

/** Comparisons of two numbers; with NaN all are false but {@link #NE}. */
public enum CompareOp {
  EQ,
  NE,
  LT,
  LE,
  GT,
  GE
}
