package io.dendra.sweep.samplers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Points that fill a cube more evenly than random ones (I. M. Sobol, 1967), with the direction
 * numbers of S. Joe and F. Y. Kuo (2008), in the order of Gray codes.
 */
final class SobolSequence {
  private static final String NUMBERS = "joe-kuo-2008.txt";
  private static final int BITS = 32;

  private final int[][] directions;

  /** Reads the direction numbers. */
  SobolSequence() {
    List<int[]> read = new ArrayList<>();
    int[] first = new int[BITS];
    Arrays.setAll(first, bit -> 1 << (BITS - 1 - bit));
    read.add(first);
    try (InputStream file =
            Objects.requireNonNull(SobolSequence.class.getResourceAsStream(NUMBERS), NUMBERS);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line ->
                  read.add(
                      directions(
                          Arrays.stream(line.split(" ", -1))
                              .mapToInt(Integer::parseInt)
                              .toArray())));
    } catch (IOException e) {
      throw new UncheckedIOException("the Sobol numbers that come with Dendra cannot be read", e);
    }
    this.directions = read.toArray(new int[0][]);
  }

  int dimensions() {
    return directions.length;
  }

  /** The first 32 binary digits of a coordinate of a point. */
  int bits(int index, int dimension) {
    int gray = index ^ (index >>> 1);
    int bits = 0;
    for (int[] column = directions[dimension]; gray != 0; gray &= gray - 1) {
      bits ^= column[Integer.numberOfTrailingZeros(gray)];
    }
    return bits;
  }

  /**
   * The same with its digits permuted, each by those before it (A. B. Owen, 1995), by a hash (B.
   * Burley, "Practical hash-based Owen scrambling", 2020).
   */
  int scrambledBits(int index, int dimension, int seed) {
    int bits = Integer.reverse(bits(index, dimension)) + seed;
    bits ^= bits * 0x6C50B47C;
    bits ^= bits * 0xB82F1E52;
    bits ^= bits * 0xC7AFE638;
    bits ^= bits * 0x8D22F6E6;
    return Integer.reverse(bits);
  }

  private static int[] directions(int[] line) {
    int polynomial = line[0];
    int degree = line.length - 1;
    int[] column = new int[BITS];
    for (int i = 0; i < degree; i++) {
      column[i] = line[i + 1] << (BITS - 1 - i);
    }
    for (int i = degree; i < BITS; i++) {
      column[i] = column[i - degree] ^ (column[i - degree] >>> degree);
      for (int k = 1; k < degree; k++) {
        if ((polynomial >>> (degree - k) & 1) != 0) {
          column[i] ^= column[i - k];
        }
      }
    }
    return column;
  }
}
