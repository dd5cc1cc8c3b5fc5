package io.dendra.random;

/**
 * A key from which random numbers are drawn: the same key gives the same numbers, on every backend.
 *
 * <p>Keys are split instead of advanced, so that a draw never depends on how many others came
 * before it (J. Bradbury et al., JAX, 2018). Use a key for one draw only; make others with {@link
 * #fold}.
 *
 * <pre>{@code
 * RandomKey key = RandomKey.of(42);
 * Tensor a = RandomOps.normal(key.fold(0), Shape.of(2, 3));
 * Tensor b = RandomOps.normal(key.fold(1), Shape.of(2, 3));
 * }</pre>
 *
 * @param value the 64 bits of the Philox key
 */
public record RandomKey(long value) {
  /** The key of a seed. */
  public static RandomKey of(long seed) {
    return new RandomKey(mix(seed));
  }

  /** A key that depends on this one and a number, and is independent of all others made so. */
  public RandomKey fold(long number) {
    RandomKey made = new RandomKey(mix(value ^ mix(number + 0x9E3779B97F4A7C15L)));
    KeyTrace.note(this, number, made);
    return made;
  }

  /** A key that depends on this one and a name, such as the path of a layer. */
  public RandomKey fold(String name) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
    }
    return fold(hash);
  }

  /**
   * The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014): every bit moves every other.
   */
  private static long mix(long bits) {
    long z = bits;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
