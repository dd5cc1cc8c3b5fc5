package io.dendra.benchmarks.peers;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** The middle of some numbers. */
final class Median {
  private Median() {}

  static double of(DoubleStream values) {
    double[] sorted = values.toArray();
    Arrays.sort(sorted);
    return ofSorted(sorted);
  }

  /** Of numbers that rise; not a number when there are none. */
  static double ofSorted(double[] sorted) {
    int count = sorted.length;
    return count == 0 ? Double.NaN : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
  }
}
