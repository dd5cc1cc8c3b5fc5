package io.dendra.backend;

/** What {@link Backend#random} makes of the Philox4x32-10 stream; the same on every backend. */
public enum RandomOp {
  /** int32 words as they come: element {@code i} is word {@code i % 4} of block {@code i / 4}. */
  BITS,
  /**
   * Uniform in [0, 1). A float32 is {@code (word >>> 8) * 2^-24} of the word that {@link #BITS}
   * gives at its place; a float64 is {@code ((hi << 32 | lo) >>> 11) * 2^-53} with {@code hi} and
   * {@code lo} the words {@code 2i} and {@code 2i + 1}.
   */
  UNIFORM
}
