package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyOptions;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.StudyExistsException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Begins a sweep; one that was begun goes on. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Run a sweep. A study of the same name and settings goes on where it stands.",
      "mnist compares trials by training pictures that it holds out; the test pictures measure the"
          + " best trial once, at the end."
    })
final class RunCommand implements Callable<Integer> {
  private static final int DEFAULT_TRIALS = 30;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "OBJECTIVE",
      description = {
        "mnist: a network of dense layers. mnist-cnn: one of convolutions.",
        "Or a class that implements io.dendra.sweep.Objective."
      })
  private String objective;

  @Option(names = "--study", paramLabel = "NAME", description = "Default: the objective's name.")
  private String study;

  @Mixin private StorageOption storages;
  @Mixin private SearchOptions search;
  @Mixin private RunOptions options;
  @Mixin private TaskOptions taskOptions;
  @Mixin private BackendOption backend;
  @Mixin private CommonOptions common;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Terminal out = common.quiet() ? terminal.quiet() : terminal;
    options.requireSound();
    taskOptions.requireSound();
    SweepTask task = Tasks.of(objective, search.classPath(), taskOptions);
    SweepSettings settings = settings(task);
    ParameterNames.require("--set", settings.fixed().keySet(), objective, task.parameterNames());
    Consumer<StudyOptions> how = Studies.search(settings, options.directory);
    // The storage comes last: what is wrong with the rest leaves no trace there.
    SweepRunner runner = new SweepRunner(task, settings, options, backend, terminal, out);
    String name = study == null ? objective : study;
    try (Storage storage = storages.open();
        Study made = open(name, storage, settings, how)) {
      return runner.run(made, ResumeCommand.line(name, storages, options));
    }
  }

  private SweepSettings settings(SweepTask task) {
    List<Direction> directions = search.directions(task.directions());
    boolean several = directions.size() > 1;
    SamplerName sampler = Optional.ofNullable(search.sampler).orElse(SamplerName.standard(several));
    PrunerName pruner = Optional.ofNullable(search.pruner).orElse(PrunerName.standard(several));
    if (several && pruner != PrunerName.NONE) {
      throw new Failure(
          "--pruner " + pruner + " compares trials by one value, but there are several objectives");
    }
    return new SweepSettings(
        objective,
        search.classPath(),
        directions,
        sampler.toString(),
        pruner.toString(),
        search.fixed(),
        search.grid(),
        options.trials == null ? DEFAULT_TRIALS : options.trials,
        taskOptions.toMap());
  }

  private Study open(
      String name, Storage storage, SweepSettings settings, Consumer<StudyOptions> how) {
    try {
      return Study.create(
          name,
          o -> {
            how.accept(o);
            o.storage(storage);
            search.seed().ifPresent(o::seed);
          });
    } catch (StudyExistsException e) {
      Study found = Studies.load(name, storage, settings, how);
      requireSame(found, settings);
      return found;
    }
  }

  /** The settings have to be the same: a study of two minds would compare unlike trials. */
  private void requireSame(Study found, SweepSettings settings) {
    Object stored = found.attributes().get(SweepSettings.KEY);
    if (stored != null) {
      settings.requireSame(SweepSettings.of(found.name(), stored), found.name());
    }
    if (search.seed().isPresent() && search.seed().getAsLong() != found.seed()) {
      throw new Failure(
          "study '"
              + found.name()
              + "' has seed "
              + found.seed()
              + ", given "
              + search.seed().getAsLong()
              + ": leave --seed out, or name another study with --study");
    }
  }
}
