package io.dendra.backend;

/** Places of an extreme along an axis; the first of equals, and the first NaN if there is one. */
public enum ArgReduceOp {
  ARGMAX,
  ARGMIN
}
