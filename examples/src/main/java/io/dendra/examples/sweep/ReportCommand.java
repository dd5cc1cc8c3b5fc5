package io.dendra.examples.sweep;

import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.report.ReportOptions;
import io.dendra.sweep.report.SweepReport;
import io.dendra.sweep.storage.Storage;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a study as a page with charts. */
@Command(
    name = "report",
    description = "Write a page with charts of a study, also of one made by Optuna.")
final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "STUDY",
      arity = "0..1",
      description = "Its name; not needed when there is only one.")
  private String name;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Where to write it. Default: ${DEFAULT-VALUE}.")
  private Path file = Path.of("sweep.html");

  @Mixin private StorageOption storages;

  /** For --help and --verbose. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private CommonOptions common;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    new OutputFile(file, "--report").prepare();
    try (Storage storage = storages.openExisting();
        Study study = Studies.look(name, storage)) {
      Object stored = study.attributes().get(SweepSettings.KEY);
      SweepReport.write(study, file, o -> stored == null ? o : describe(o, study.name(), stored));
    }
    terminal.line("report", file.toString());
    return 0;
  }

  private static ReportOptions describe(ReportOptions options, String study, Object stored) {
    return Described.of(options, SweepSettings.of(study, stored));
  }
}
