package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyOptions;
import io.dendra.sweep.storage.Storage;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Goes on with a sweep by what its study stored of its settings. */
@Command(
    name = "resume",
    sortOptions = false,
    description = {
      "Go on with a sweep until it has its trials, such as after an interruption.",
      "Objective, sampler, pruner and the rest are those that it began with."
    })
final class ResumeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "STUDY", description = "Its name, as sweep list shows it.")
  private String name;

  @Mixin private StorageOption storages;
  @Mixin private RunOptions options;
  @Mixin private TaskOptions taskOptions;
  @Mixin private BackendOption backend;
  @Mixin private CommonOptions common;

  ResumeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What to do when a sweep of a study ends before its time. */
  static String line(String name, StorageOption storages, RunOptions options) {
    return storages.isMemory()
        ? "They were in memory alone; --storage FILE keeps them"
        : "Go on with: dendra sweep resume "
            + Words.shell(name)
            + storages.asOption()
            + options.directoryAsOption();
  }

  @Override
  public Integer call() {
    Terminal out = common.quiet() ? terminal.quiet() : terminal;
    options.requireSound();
    try (Storage storage = storages.openExisting()) {
      SweepSettings settings = stored(storage);
      if (options.trials != null) {
        settings = settings.withTrials(options.trials);
      }
      taskOptions.fillFrom(settings.options(), name);
      SweepTask task = Tasks.of(settings.task(), settings.classPath(), taskOptions);
      Consumer<StudyOptions> how = Studies.search(settings, options.directory);
      SweepRunner runner = new SweepRunner(task, settings, options, backend, terminal, out);
      try (Study study = Studies.load(name, storage, settings, how)) {
        return runner.run(study, line(name, storages, options));
      }
    }
  }

  private SweepSettings stored(Storage storage) {
    Object stored = Studies.record(name, storage).userAttributes().get(SweepSettings.KEY);
    if (stored == null) {
      throw new Failure(
          "study '"
              + name
              + "' was not begun by sweep run, so its objective is not known: sweep run OBJECTIVE"
              + " --study "
              + name
              + " goes on with it");
    }
    return SweepSettings.of(name, stored);
  }
}
