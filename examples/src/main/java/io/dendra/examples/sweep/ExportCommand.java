package io.dendra.examples.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the trials of a study for other programs. */
@Command(name = "export", description = "Write all trials of a study as CSV or JSON.")
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "STUDY",
      arity = "0..1",
      description = "Its name; not needed when there is only one.")
  private String name;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "A file ending with .csv or .json. Default: CSV on the terminal.")
  private Path file;

  @Option(names = "--format", paramLabel = "NAME", description = "csv or json.")
  private String format;

  @Mixin private StorageOption storages;

  /** For --help and --verbose. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private CommonOptions common;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String kind = kind();
    String text;
    try (Storage storage = storages.openExisting();
        Study study = Studies.look(name, storage)) {
      Export export = new Export(study);
      text =
          kind.equals("json")
              ? new ObjectMapper()
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(export.json())
              : export.csv();
    }
    if (file == null) {
      terminal.out().print(text);
      return 0;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    new OutputFile(file, "--out").write(out -> out.write(bytes));
    return 0;
  }

  private String kind() {
    String kind = format;
    if (kind == null) {
      kind = file != null && file.toString().endsWith(".json") ? "json" : "csv";
    }
    kind = kind.toLowerCase(Locale.ROOT);
    if (!kind.equals("csv") && !kind.equals("json")) {
      throw new Failure("--format is csv or json, given '" + format + "'");
    }
    return kind;
  }
}
