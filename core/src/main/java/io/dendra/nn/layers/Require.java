package io.dendra.nn.layers;

import io.dendra.ops.OpException;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/** Checks of settings and inputs that name what was wrong. */
final class Require {
  private Require() {}

  static int positive(String layer, String setting, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          layer + " needs " + setting + " of at least 1, given " + value);
    }
    return value;
  }

  static int[] positive(String layer, String setting, int... values) {
    for (int value : values) {
      positive(layer, setting, value);
    }
    return values;
  }

  static <T> T given(String layer, String setting, T value) {
    if (value == null) {
      throw new IllegalArgumentException(layer + ": " + setting + " has to be given, it is null");
    }
    return value;
  }

  /** A rate of at least 0 and below 1. */
  static double rate(String layer, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          layer + " needs a rate of at least 0 and below 1, given " + value);
    }
    return value;
  }

  static double atLeastZero(String layer, String setting, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          layer + " needs " + setting + " of at least 0, given " + value);
    }
    return value;
  }

  /** One of a closed set, by its name. */
  static <E extends Enum<E>> E oneOf(Class<E> type, String setting, String name) {
    for (E constant : type.getEnumConstants()) {
      if (label(constant).equals(name)) {
        return constant;
      }
    }
    String known =
        java.util.Arrays.stream(type.getEnumConstants())
            .map(constant -> "'" + label(constant) + "'")
            .collect(java.util.stream.Collectors.joining(" or "));
    throw new IllegalArgumentException(setting + " has to be " + known + ", given '" + name + "'");
  }

  /** The name of a constant in settings. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(java.util.Locale.ROOT);
  }

  static void rank(Shape input, int rank, String takes) {
    if (input.rank() != rank) {
      throw new OpException("takes " + takes + ", given shape " + input);
    }
  }

  /** The length of an axis that weights depend on. */
  static long known(Shape input, int axis) {
    long length = input.dim(axis);
    if (length == Shape.UNKNOWN) {
      throw new OpException(
          "needs the length of axis "
              + input.axis(axis)
              + " to make its weights, given shape "
              + input);
    }
    return length;
  }

  /** That an axis is as long as it was when the weights were made. */
  static void length(Tensor x, int axis, long expected, String what) {
    if (x.dim(axis) != expected) {
      throw new OpException(
          "was built for " + expected + " " + what + ", given " + x.dim(axis) + " in " + x.spec());
    }
  }
}
