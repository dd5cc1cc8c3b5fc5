package io.dendra.examples;

import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.examples.cli.Versions;
import io.dendra.examples.doctor.DoctorCommand;
import io.dendra.examples.mnist.MnistCommand;
import io.dendra.examples.predict.PredictCommand;
import io.dendra.examples.sweep.SweepCommand;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: its commands, and what becomes of errors. */
public final class Program {
  private static final int FAILED = 1;

  private final Terminal terminal;

  public Program(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs the command and returns its exit code: 0 done, 1 failed, 2 not understood. */
  public int run(String... args) {
    boolean verbose = Arrays.asList(args).contains("--verbose");
    if (verbose) {
      // Read by slf4j-simple when the first logger is made.
      System.setProperty("org.slf4j.simpleLogger.log.io.dendra", "info");
      System.setProperty("org.slf4j.simpleLogger.log.io.dendra.sweep.TrialEnds", "info");
    }
    CommandLine line =
        new CommandLine(new RootCommand())
            .addSubcommand(new MnistCommand(terminal))
            .addSubcommand(new PredictCommand(terminal))
            .addSubcommand(SweepCommand.with(terminal))
            .addSubcommand(new DoctorCommand(terminal))
            .setOut(Terminal.writer(terminal.out()))
            .setErr(Terminal.writer(terminal.err()))
            .setAbbreviatedOptionsAllowed(false)
            .setParameterExceptionHandler((error, given) -> misunderstood(error, verbose))
            .setExecutionExceptionHandler((error, command, parsed) -> failed(error, verbose));
    line.getCommandSpec().version("dendra " + Versions.dendra());
    try {
      return line.execute(args);
    } catch (StackOverflowError | OutOfMemoryError | LinkageError error) {
      return failed(error, verbose);
    }
  }

  private int misunderstood(ParameterException error, boolean verbose) {
    CommandLine command = error.getCommandLine();
    report(error.getMessage() + suggestions(error), error, verbose);
    terminal.err().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static String suggestions(ParameterException error) {
    List<String> near =
        error instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    return near.isEmpty()
        ? ""
        : near.stream().limit(3).collect(Collectors.joining("' or '", ". Did you mean '", "'?"));
  }

  private int failed(Throwable error, boolean verbose) {
    report(Failure.line(error), error, verbose);
    if (!verbose && !Failure.speaksForItself(error)) {
      terminal.err().println("Run it again with --verbose for the trace.");
    }
    return FAILED;
  }

  private void report(String message, Throwable error, boolean verbose) {
    terminal.err().println("error: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
    if (verbose) {
      error.printStackTrace(terminal.err());
    }
    terminal.err().flush();
  }
}
