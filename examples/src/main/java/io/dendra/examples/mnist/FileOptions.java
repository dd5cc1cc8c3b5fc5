package io.dendra.examples.mnist;

import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.OutputFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The files that are read and written. */
final class FileOptions {
  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Save the trained model, for predict and --resume.")
  private Path save;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description = "Go on with a saved model as if it had never stopped.")
  private Path resume;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Save the model after each epoch that is the best so far (test accuracy).")
  private Path checkpoint;

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
    save().ifPresent(OutputFile::prepare);
    checkpoint().ifPresent(OutputFile::prepare);
    report().ifPresent(OutputFile::prepare);
    plot().ifPresent(OutputFile::prepare);
    if (plot != null) {
      ResultPlot.requireFonts();
    }
    if (resume != null && !Files.isRegularFile(resume)) {
      throw new Failure("--resume " + resume + ": there is no such file");
    }
  }

  Optional<Path> resume() {
    return Optional.ofNullable(resume);
  }

  Optional<OutputFile> save() {
    return file(save, "--save");
  }

  Optional<OutputFile> checkpoint() {
    return file(checkpoint, "--checkpoint");
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
