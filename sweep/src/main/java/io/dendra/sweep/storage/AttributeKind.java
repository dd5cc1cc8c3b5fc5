package io.dendra.sweep.storage;

/** Whose attribute it is. */
public enum AttributeKind {
  /** The user's. */
  USER,
  /** The library's. */
  SYSTEM
}
