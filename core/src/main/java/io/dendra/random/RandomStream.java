package io.dendra.random;

/**
 * A sequence of random numbers on the host, fixed by its key: for shuffling, augmentation and
 * generated data.
 *
 * <p>The bits are those of {@link Philox} for the key. Logarithms and sines are those of {@link
 * StrictMath}, so that every machine draws the same numbers. A stream belongs to one thread; give
 * each thread, or better each sample, a key of its own by {@link RandomKey#fold(long)}.
 */
public final class RandomStream {
  /** Apart from the counters of tensors, so that a key used for both gives different numbers. */
  private static final long COUNTER = 0x686F7374L << 32;

  private final long key;
  private final int[] words = new int[Philox.BLOCK];
  private long block;
  private int used = Philox.BLOCK;
  private double spareGaussian = Double.NaN;

  /** The stream of a key, from its start. */
  public RandomStream(RandomKey key) {
    this.key = key.value();
  }

  /** 32 random bits. */
  public int nextInt() {
    if (used == Philox.BLOCK) {
      Philox.block(key, COUNTER, block++, words, 0);
      used = 0;
    }
    return words[used++];
  }

  /** 64 random bits. */
  public long nextLong() {
    return ((long) nextInt() << 32) | (nextInt() & 0xFFFFFFFFL);
  }

  /**
   * A whole number of at least 0 and less than {@code bound}, each equally likely (D. Lemire, "Fast
   * random integer generation in an interval", 2019).
   *
   * @throws IllegalArgumentException when {@code bound} is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("a bound has to be positive, given " + bound);
    }
    long product = (nextInt() & 0xFFFFFFFFL) * bound;
    if ((product & 0xFFFFFFFFL) < bound) {
      // Rejecting the lowest 2^32 mod bound values leaves as many for each result.
      long rejected = (1L << 32) % bound;
      while ((product & 0xFFFFFFFFL) < rejected) {
        product = (nextInt() & 0xFFFFFFFFL) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** A number of at least 0 and less than 1, with 53 random bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** A number of at least {@code low} and less than {@code high}. */
  public double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** A number of the normal distribution with mean 0 and deviation 1 (Box and Muller, 1958). */
  public double nextGaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double spare = spareGaussian;
      spareGaussian = Double.NaN;
      return spare;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * Math.PI * nextDouble();
    spareGaussian = radius * StrictMath.sin(angle);
    return radius * StrictMath.cos(angle);
  }

  /** The numbers from 0 to before {@code n} in random order (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
