package io.dendra.sweep.pruners;

/** Checks the settings of pruners. */
final class Settings {
  private Settings() {}

  static int atLeast(int least, int number, String what) {
    if (number < least) {
      throw new IllegalArgumentException(
          what + " has to be at least " + least + ", given " + number);
    }
    return number;
  }

  static double notNegative(double number, String what) {
    if (!(number >= 0)) {
      throw new IllegalArgumentException(what + " cannot be negative, given " + number);
    }
    return number;
  }
}
