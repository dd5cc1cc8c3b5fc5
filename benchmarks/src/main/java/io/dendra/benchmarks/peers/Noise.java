package io.dendra.benchmarks.peers;

/**
 * Data that every library is fed alike: a hash of seed and place. Weyl's sequence by the golden
 * ratio goes through the finaliser of MurmurHash3.
 */
final class Noise {
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  private Noise() {}

  /** Numbers spread evenly over [-1, 1). */
  static float[] floats(int count, int seed) {
    float[] values = new float[count];
    for (int place = 0; place < count; place++) {
      values[place] = bits(place, seed) / 0x1p31f;
    }
    return values;
  }

  /** Classes from 0 to before the bound. */
  static int[] classes(int count, int seed, int bound) {
    int[] values = new int[count];
    for (int place = 0; place < count; place++) {
      values[place] = (bits(place, seed) >>> 1) % bound;
    }
    return values;
  }

  private static int bits(int place, int seed) {
    int mixed = GOLDEN_RATIO * place + seed;
    mixed = 0x85EBCA6B * (mixed ^ mixed >>> 16);
    mixed = 0xC2B2AE35 * (mixed ^ mixed >>> 13);
    return mixed ^ mixed >>> 16;
  }
}
