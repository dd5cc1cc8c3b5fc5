package io.dendra.examples.mnist;

import io.dendra.examples.cli.OutputFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The files that are read and written. */
final class FileOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write versions, options, losses, times and memory as JSON.")
  private Path report;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draw the curves and some test pictures with their predictions as PNG.")
  private Path plot;

  /** Fails now rather than after the training. */
  void prepare() {
    report().ifPresent(OutputFile::prepare);
    plot().ifPresent(OutputFile::prepare);
    if (plot != null) {
      ResultPlot.requireFonts();
    }
  }

  Optional<OutputFile> report() {
    return file(report, "--report");
  }

  Optional<OutputFile> plot() {
    return file(plot, "--plot");
  }

  private static Optional<OutputFile> file(Path path, String option) {
    return Optional.ofNullable(path).map(given -> new OutputFile(given, option));
  }
}
