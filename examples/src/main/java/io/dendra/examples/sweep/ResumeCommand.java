package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.storage.Storage;
import java.util.concurrent.Callable;
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

  /** The command that goes on with a study. */
  static String line(String name, StorageOption storages) {
    return "dendra sweep resume " + name + storages.asOption();
  }

  @Override
  public Integer call() {
    Terminal out = common.quiet() ? terminal.quiet() : terminal;
    try (Storage storage = storages.openExisting()) {
      SweepSettings settings = stored(storage);
      if (options.trials != null) {
        settings = settings.withTrials(options.trials);
      }
      taskOptions.fillFrom(settings.options());
      SweepTask task = Tasks.of(settings.task(), settings.classPath(), taskOptions);
      try (Study study = Studies.load(name, storage, settings, options.directory)) {
        study.attribute(SweepSettings.KEY, settings.toMap());
        SweepRunner runner = new SweepRunner(study, task, settings, options, terminal, out);
        return runner.run(backend, line(name, storages));
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
