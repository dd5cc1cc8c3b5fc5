package io.dendra.examples.cli;

import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Where a command writes to.
 *
 * @param live whether lines can be drawn over, as on a terminal and not in a file
 */
public record Terminal(PrintStream out, PrintStream err, boolean live) {
  /** The streams of this process. */
  public static Terminal system() {
    return new Terminal(System.out, System.err, isTerminal());
  }

  /** JDK 22 and newer may have a console that is no terminal, and say so by a new method. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Without what is not an error. */
  public Terminal quiet() {
    return new Terminal(new PrintStream(PrintStream.nullOutputStream()), err, false);
  }

  /** A line with a word in front that says what it is about. */
  public void line(String about, String text) {
    out.println(String.format("%-8s %s", about, text));
  }

  /** A writer to a stream, which keeps its charset. */
  public static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) {
            stream.print(new String(text, from, length));
          }

          @Override
          public void flush() {
            stream.flush();
          }

          @Override
          public void close() {
            stream.flush();
          }
        },
        true);
  }
}
