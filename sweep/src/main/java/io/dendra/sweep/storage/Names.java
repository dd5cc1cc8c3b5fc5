package io.dendra.sweep.storage;

/**
 * What names of studies, parameters and attributes have to be, so that every database keeps them.
 */
final class Names {
  private static final int LENGTH = 512;

  private Names() {}

  /**
   * Checks a name.
   *
   * @param what is named, for the message
   * @throws IllegalArgumentException when it is too long, or has a zero character
   */
  static String require(String what, String name) {
    if (name.codePointCount(0, name.length()) > LENGTH || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the name of "
              + what
              + " has at most "
              + LENGTH
              + " characters and none that is zero, given "
              + name.length()
              + ": '"
              + name.substring(0, Math.min(40, name.length()))
              + "…'");
    }
    return name;
  }
}
