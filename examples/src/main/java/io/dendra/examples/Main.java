package io.dendra.examples;

import io.dendra.examples.cli.Terminal;

/** Where {@code java -jar dendra-examples.jar} starts. */
public final class Main {
  private Main() {}

  /** Runs a command and ends with its exit code: 0 done, 1 failed, 2 not understood. */
  public static void main(String... args) {
    // Plots are drawn into files; a display is never needed.
    System.setProperty("java.awt.headless", "true");
    System.exit(new Program(Terminal.system()).run(args));
  }
}
