package io.dendra.sweep;

/** What counts as an equal distance between values of a parameter. */
public enum Scale {
  /** Equal differences. */
  LINEAR,
  /** Equal ratios: for learning rates and sizes. */
  LOG
}
