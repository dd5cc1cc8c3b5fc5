package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.Distribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Tries every combination of given values once, in an order that the study's seed shuffles.
 *
 * <pre>{@code
 * new GridSampler(Map.of("units", List.of(64, 128, 256), "activation", List.of("relu", "gelu")))
 * }</pre>
 *
 * <p>A trial's combination is that of its place among the trials that were not enqueued: workers
 * need not agree on anything, and a study that was interrupted goes on with what is missing. The
 * study ends when all have been tried; one that failed counts as tried.
 */
public final class GridSampler implements Sampler {
  private final Map<String, List<Object>> grid = new LinkedHashMap<>();
  private final int size;

  /**
   * A grid of parameters.
   *
   * @throws IllegalArgumentException when a parameter has no values, or there are 2^31 combinations
   *     or more
   */
  public GridSampler(Map<String, ? extends List<?>> grid) {
    long product = 1;
    // By name, since maps have no order that is the same in every process.
    for (String name : grid.keySet().stream().sorted().toList()) {
      List<Object> values = new ArrayList<>(grid.get(name));
      if (values.isEmpty()) {
        throw new IllegalArgumentException("parameter '" + name + "' of the grid has no values");
      }
      this.grid.put(name, values);
      product *= values.size();
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "the grid has " + product + " combinations or more: use fewer values, or SobolSampler");
      }
    }
    this.size = (int) product;
  }

  /** The number of combinations. */
  @Override
  public OptionalInt limit() {
    return OptionalInt.of(size);
  }

  /**
   * The value of the trial's combination.
   *
   * @throws IllegalArgumentException when the grid lacks the parameter, or its value does not
   *     belong to the distribution
   */
  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    List<Object> values = grid.get(name);
    if (values == null) {
      throw new IllegalArgumentException(
          "the grid has no parameter '"
              + name
              + "'; it has "
              + grid.keySet()
              + ": add it, with one value if it is not to vary");
    }
    Object value = values.get(index(context, name));
    double internal = distribution.encode(value);
    if (!distribution.contains(internal)) {
      throw new IllegalArgumentException(
          "value " + value + " of '" + name + "' in the grid lies outside " + distribution);
    }
    return internal;
  }

  /** Of the parameter's value in the trial's combination. */
  private int index(SamplingContext context, String name) {
    int rest = shuffled(context);
    for (Map.Entry<String, List<Object>> parameter : grid.entrySet()) {
      int count = parameter.getValue().size();
      if (parameter.getKey().equals(name)) {
        return rest % count;
      }
      rest /= count;
    }
    throw new IllegalStateException(name);
  }

  /**
   * The combination of a place, by a Feistel network over the next power of four, walked until it
   * falls into the grid: a permutation that needs no table (J. Black, P. Rogaway, "Ciphers with
   * arbitrary finite domains", 2002).
   */
  private int shuffled(SamplingContext context) {
    RandomStream keys = new RandomStream(context.key().fold("grid"));
    int[] rounds = {keys.nextInt(), keys.nextInt(), keys.nextInt(), keys.nextInt()};
    int half = (Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(size - 1, 1)) + 1) / 2;
    int mask = (1 << half) - 1;
    long place = context.place() % size;
    do {
      long left = place >>> half;
      long right = place & mask;
      for (int round : rounds) {
        long next = left ^ (mix((int) right ^ round) & mask);
        left = right;
        right = next;
      }
      place = left << half | right;
    } while (place >= size);
    return (int) place;
  }

  /** The finaliser of MurmurHash3 (A. Appleby). */
  private static int mix(int bits) {
    int z = bits;
    z = (z ^ (z >>> 16)) * 0x85EBCA6B;
    z = (z ^ (z >>> 13)) * 0xC2B2AE35;
    return z ^ (z >>> 16);
  }
}
