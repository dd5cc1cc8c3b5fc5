package io.dendra.benchmarks.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** The commands that measure whole workloads. */
public final class PeerCommands {
  private PeerCommands() {}

  /** Whether there is a command of a name. */
  public static boolean has(String command) {
    return List.of("peer", "profile", "machine", "report").contains(command);
  }

  /**
   * Runs a command.
   *
   * @throws IllegalArgumentException when its arguments cannot be understood
   */
  public static void run(String command, List<String> args, PrintStream out) throws IOException {
    switch (command) {
      case "peer" -> PeerProcess.run(args, out);
      case "profile" -> ProfileProcess.run(args, out);
      case "machine" -> MachineSpeed.measure().print(out);
      case "report" -> Report.run(args, out);
      default -> throw new IllegalArgumentException("no command '" + command + "'");
    }
  }
}
