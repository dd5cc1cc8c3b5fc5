package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.OutputFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a sweep is run this time: how far, where, and what it writes. */
final class RunOptions {
  private static final Path DIRECTORY = Path.of("sweeps");

  @Option(
      names = "--trials",
      paramLabel = "N",
      description =
          "How many trials the study is to have, those of earlier runs included. Default: 30.")
  Integer trials;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "Start no trials after this time: 90s, 10m or 1h30m.")
  Duration timeout;

  @Option(
      names = "--devices",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Where trials run, each alone on its device: cuda:0,cuda:1, or all for every device of"
              + " the backend. Default: the device of --backend.")
  List<String> devices = List.of();

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "How many trials share a device. Default: 1.")
  Integer slots;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "How many trials run at once on the CPU; the same as --slots.")
  Integer workers;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads each trial on the CPU may use.")
  Integer threads;

  @Option(
      names = "--executor",
      paramLabel = "NAME",
      converter = ExecutorName.ByName.class,
      description =
          "How trials run: thread, or process for a process per device, which a crash of native"
              + " code ends alone. Default: thread.")
  ExecutorName executor = ExecutorName.THREAD;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often a trial that fails is tried again. Default: 0.")
  int retries;

  @Option(
      names = "--enqueue",
      paramLabel = "NAME=VALUE,...",
      converter = Words.Assignments.class,
      description = "Try these parameters first; may be given several times.")
  List<Map<String, Object>> enqueued = List.of();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page with charts, during the sweep and at its end.")
  private Path report;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where trials have their folders, for models. Default: ${DEFAULT-VALUE}.")
  Path directory = DIRECTORY;

  /**
   * Checks what can be told wrong by itself.
   *
   * @throws Failure for a number that is too small
   */
  void requireSound() {
    atLeast(1, "--trials", trials);
    atLeast(1, "--slots", slots);
    atLeast(1, "--workers", workers);
    atLeast(1, "--threads", threads);
    atLeast(0, "--retries", retries);
  }

  /** A number that may not have been given. */
  static void atLeast(int least, String option, Integer number) {
    if (number != null && number < least) {
      throw new Failure(option + " has to be at least " + least + ", given " + number);
    }
  }

  /** Options that another command needs to find the folders of trials. */
  String directoryAsOption() {
    return directory.equals(DIRECTORY) ? "" : " --directory " + Words.shell(directory.toString());
  }

  Optional<OutputFile> report() {
    return Optional.ofNullable(report).map(path -> new OutputFile(path, "--report"));
  }

  int slots() {
    return slots != null ? slots : workers != null ? workers : 1;
  }
}
