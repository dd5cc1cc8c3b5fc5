package io.dendra.examples.sweep;

import io.dendra.examples.cli.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Searches for hyperparameters, and shows what was found. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Search for hyperparameters, on every device of this machine.",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  dendra sweep run mnist                          30 trials, kept in sweeps.db",
      "  dendra sweep run mnist --backend cuda --devices all --trials 50",
      "  dendra sweep run com.acme.MyObjective --classpath mine.jar --trials 100",
      "  dendra sweep resume mnist                       goes on after an interruption",
      "  dendra sweep best mnist"
    })
public final class SweepCommand implements Runnable {
  @Spec private CommandSpec spec;

  private SweepCommand() {}

  /** The command with its own commands. */
  public static CommandLine with(Terminal terminal) {
    return new CommandLine(new SweepCommand())
        .addSubcommand(new RunCommand(terminal))
        .addSubcommand(new ResumeCommand(terminal))
        .addSubcommand(new ListCommand(terminal))
        .addSubcommand(new BestCommand(terminal))
        .addSubcommand(new ExportCommand(terminal))
        .addSubcommand(new ReportCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: run, resume, list, best, export or report");
  }
}
