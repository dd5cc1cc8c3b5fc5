package io.dendra.tck;

import io.dendra.tensor.NDArray;
import java.util.Arrays;

/** Comparison of results: shape, type, and every value. */
final class Closeness {
  private Closeness() {}

  static void assertClose(NDArray[] actual, NDArray[] expected, Tolerance tolerance) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " results, expected " + expected.length);
    }
    for (int i = 0; i < actual.length; i++) {
      double bound = tolerance.of(expected[i].dtype());
      assertClose("result " + i, actual[i], expected[i], bound);
    }
  }

  static void assertClose(String what, NDArray actual, NDArray expected, double bound) {
    if (actual.dtype() != expected.dtype() || !actual.shape().equals(expected.shape())) {
      throw new AssertionError(what + " is " + actual + ", expected " + expected);
    }
    if (actual.array() instanceof long[] found) {
      if (!Arrays.equals(found, (long[]) expected.array())) {
        throw new AssertionError(what + " is " + actual + ", expected " + expected);
      }
      return;
    }
    for (int i = 0; i < actual.size(); i++) {
      double a = actual.doubleAt(i);
      double e = expected.doubleAt(i);
      if (!isClose(a, e, bound)) {
        throw new AssertionError(
            what
                + " has "
                + a
                + " at place "
                + i
                + ", expected "
                + e
                + " within "
                + bound
                + " of its size:\n"
                + actual
                + "\n"
                + expected);
      }
    }
  }

  static boolean isClose(double actual, double expected, double bound) {
    if (Double.isNaN(expected) || Double.isInfinite(expected) || bound == 0) {
      return actual == expected || (Double.isNaN(actual) && Double.isNaN(expected));
    }
    return Math.abs(actual - expected) <= bound * (Math.abs(expected) + 1);
  }

  static void assertSame(NDArray[] actual, NDArray[] expected) {
    if (!Arrays.equals(actual, expected)) {
      throw new AssertionError(
          "results differ in a bit:\n"
              + Arrays.toString(actual)
              + "\n"
              + Arrays.toString(expected));
    }
  }
}
