package io.dendra.sweep;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Failures as a storage keeps them. */
final class Causes {
  private static final int LENGTH = 8000;

  private Causes() {}

  /** The stack trace, cut where a database would carry too much. */
  static String text(Throwable cause) {
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text, true));
    String all = text.toString().strip();
    return all.length() <= LENGTH ? all : all.substring(0, LENGTH) + " …";
  }
}
