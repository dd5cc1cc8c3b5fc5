package io.dendra.backend;

/**
 * The numbers in captured work that differ from replay to replay: keys of random numbers and what
 * an optimizer's step depends on. They lie in one array of 64-bit words, floats by their bits as
 * float64.
 */
public interface ReplayVariables {
  /**
   * Where the numbers of a fused op are, in the order of its record's components, or -1 when they
   * stay as they are. To be asked once for each call that is captured. Those of {@link
   * FusedOp.Steps} are those of its first step without the decay, and then the decay of each.
   */
  int slot(FusedOp op);

  /** Where a key and its counter are, or -1 when they stay as they are. */
  int slot(long key, long counter);

  /** Whether a fused op is another at each replay. */
  boolean varies(FusedOp op);

  /** The op that is due now in the place of one that {@link #varies}. */
  FusedOp now(FusedOp op);

  /** Whether a key of random numbers is another at each replay. */
  boolean varies(long key);

  /** The key that is due now in the place of one that varies. */
  long now(long key);

  /** The number of words so far. */
  int size();

  /** The words for the next replay. */
  long[] values();

  /** Those of work that is the same at each replay. */
  static ReplayVariables none() {
    return NoVariables.NONE;
  }
}
