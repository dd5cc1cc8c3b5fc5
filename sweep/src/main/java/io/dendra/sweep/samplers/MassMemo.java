package io.dendra.sweep.samplers;

/**
 * Remembers probabilities that normal distributions give to parts of the unit interval: numbers
 * with gaps have the same few parts and often the same kernels, draw after draw.
 *
 * <p>For several threads without a lock (R. Hyatt, T. Mann, "A lockless transposition-table
 * implementation for parallel search", 2002): beside a value stands its key, combined with it, so
 * that the halves of two threads do not pass for an entry.
 */
final class MassMemo {
  private static final int BITS = 13;

  private final long[] entries = new long[2 << BITS];

  /**
   * The logarithm of what a normal distribution has between two places.
   *
   * @param upper follows from the lower place, so it is no part of the key
   */
  double logMass(double lower, double upper, double mean, double width) {
    long key = mixed(Double.doubleToRawLongBits(lower));
    key = mixed(key + Double.doubleToRawLongBits(mean));
    key = mixed(key + Double.doubleToRawLongBits(width));
    int slot = (int) (key >>> (Long.SIZE - BITS)) << 1;
    long value = entries[slot + 1];
    if ((entries[slot] ^ value) == key) {
      return Double.longBitsToDouble(value);
    }
    double mass = NormalDistribution.logMass((lower - mean) / width, (upper - mean) / width);
    long bits = Double.doubleToRawLongBits(mass);
    entries[slot] = key ^ bits;
    entries[slot + 1] = bits;
    return mass;
  }

  /** The finalizer of MurmurHash3 (A. Appleby), by which each bit moves all others. */
  private static long mixed(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ mixed >>> 33;
  }
}
