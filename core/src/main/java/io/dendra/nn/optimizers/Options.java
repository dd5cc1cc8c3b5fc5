package io.dendra.nn.optimizers;

/** Checks of hyperparameters. */
final class Options {
  private Options() {}

  static double fraction(String owner, String name, double value) {
    return require(value >= 0 && value <= 1, owner, name, "from 0 to 1", value);
  }

  static double belowOne(String owner, String name, double value) {
    return require(value >= 0 && value < 1, owner, name, "from 0 to below 1", value);
  }

  static double notNegative(String owner, String name, double value) {
    return require(value >= 0, owner, name, "at least 0", value);
  }

  private static double require(
      boolean holds, String owner, String name, String range, double value) {
    if (!holds) {
      throw new IllegalArgumentException(
          owner + ": " + name + " has to be " + range + ", given " + value);
    }
    return value;
  }
}
