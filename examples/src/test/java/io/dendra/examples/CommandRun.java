package io.dendra.examples;

import io.dendra.backend.Backends;
import io.dendra.config.Config;
import io.dendra.examples.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A command run in this process.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it said of errors
 */
public record CommandRun(int code, String out, String err) {
  public static CommandRun of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    try {
      int code = new Program(terminal).run(args);
      return new CommandRun(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      Config.set(Backends.FLAG, null);
    }
  }

  /** Both streams, for messages of failed tests. */
  @Override
  public String toString() {
    return "exit code " + code + "\n" + out + err;
  }
}
