package io.dendra.random;

/**
 * The counter-based random number generator Philox4x32-10: a keyed bijection of 128-bit counters,
 * so that any part of a stream can be computed by itself, on any device, in any order.
 *
 * <p>Block {@code n} of the stream of a key and a counter encrypts the counter words {@code (n lo,
 * n hi, counter lo, counter hi)} with the key words {@code (key lo, key hi)}.
 *
 * <p>J. Salmon, M. Moraes, R. Dror, D. Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3", SC
 * 2011.
 *
 * <pre>{@code
 * int[] words = new int[4];
 * Philox.block(key, counter, 0, words, 0);
 * }</pre>
 */
public final class Philox {
  /** The number of 32-bit words in a block. */
  public static final int BLOCK = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW_WORD = 0xFFFFFFFFL;

  private Philox() {}

  /** Writes the four words of block {@code n} to {@code out[at]} and the places after it. */
  public static void block(long key, long counter, long n, int[] out, int at) {
    int c0 = (int) n;
    int c1 = (int) (n >>> 32);
    int c2 = (int) counter;
    int c3 = (int) (counter >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW_WORD);
      long product1 = MULTIPLIER_1 * (c2 & LOW_WORD);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }

  /**
   * Fills an array with the words of the stream from the start of block {@code firstBlock}; the
   * last block is cut off where the array ends.
   */
  public static void fill(long key, long counter, long firstBlock, int[] out) {
    int whole = out.length / BLOCK;
    for (int i = 0; i < whole; i++) {
      block(key, counter, firstBlock + i, out, i * BLOCK);
    }
    int done = whole * BLOCK;
    if (done < out.length) {
      int[] last = new int[BLOCK];
      block(key, counter, firstBlock + whole, last, 0);
      System.arraycopy(last, 0, out, done, out.length - done);
    }
  }

  /** A float in [0, 1) from the upper 24 bits of a word. */
  public static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** A double in [0, 1) from the upper 53 bits of two words. */
  public static double uniform(int high, int low) {
    return (((high & LOW_WORD) << 32 | (low & LOW_WORD)) >>> 11) * 0x1p-53;
  }
}
