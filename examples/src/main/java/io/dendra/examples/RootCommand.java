package io.dendra.examples;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What stands before the commands. */
@Command(
    name = "dendra",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Deep learning for the JVM: examples to run, and a look at this machine.",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "First steps:",
      "  dendra mnist                           train on handwritten digits",
      "  dendra mnist --model cnn --epochs 3 --save digits.dendra",
      "  dendra predict --model digits.dendra --image my-seven.png",
      "  dendra sweep run mnist                 search for a better network",
      "  dendra doctor                          what can compute here, and what cannot",
      "",
      "Exit codes: 0 done, 1 failed, 2 not understood."
    })
final class RootCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: mnist, predict, sweep or doctor");
  }
}
