package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.StudyExistsException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    SweepTask task = Tasks.of(objective, search.classPath(), taskOptions);
    SweepSettings settings = settings(task);
    String name = study == null ? objective : study;
    try (Storage storage = storages.open();
        Study made = open(name, storage, settings)) {
      ParameterNames.require("--set", settings.fixed().keySet(), task, made);
      SweepRunner runner = new SweepRunner(made, task, settings, options, terminal, out);
      return runner.run(backend, ResumeCommand.line(name, storages));
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

  private Study open(String name, Storage storage, SweepSettings settings) {
    try {
      Study made =
          Study.create(
              name,
              o -> {
                Studies.configure(o, storage, settings, options.directory);
                search.seed().ifPresent(o::seed);
              });
      made.attribute(SweepSettings.KEY, settings.toMap());
      return made;
    } catch (StudyExistsException e) {
      return goOn(name, storage, settings);
    }
  }

  /** The settings have to be the same: a study of two minds would compare unlike trials. */
  private Study goOn(String name, Storage storage, SweepSettings settings) {
    Study found = Studies.load(name, storage, settings, options.directory);
    Object stored = found.attributes().get(SweepSettings.KEY);
    if (stored == null) {
      found.attribute(SweepSettings.KEY, settings.toMap());
      return found;
    }
    SweepSettings before = SweepSettings.of(name, stored);
    settings.requireSame(before, name);
    if (search.seed().isPresent() && search.seed().getAsLong() != found.seed()) {
      throw new Failure(
          "study '"
              + name
              + "' has seed "
              + found.seed()
              + ", given "
              + search.seed().getAsLong()
              + ": leave --seed out, or name another study with --study");
    }
    found.attribute(SweepSettings.KEY, settings.toMap());
    return found;
  }
}
