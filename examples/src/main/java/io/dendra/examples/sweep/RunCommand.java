package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.InterruptOnExit;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.progress.SweepProgress;
import io.dendra.sweep.storage.Storage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a sweep. */
@Command(name = "run", sortOptions = false, description = "Run a sweep, or go on with it.")
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "OBJECTIVE",
      description = "mnist, mnist-cnn, or the name of a class that implements Objective.")
  private String objective;

  @Option(names = "--study", paramLabel = "NAME", description = "Default: the objective's name.")
  private String study;

  @Option(names = "--trials", paramLabel = "N", description = "Default: 30.")
  private int trials = 30;

  @Option(names = "--sampler", paramLabel = "NAME", converter = SamplerName.ByName.class)
  private SamplerName sampler = SamplerName.RANDOM;

  @Option(names = "--pruner", paramLabel = "NAME", converter = PrunerName.ByName.class)
  private PrunerName pruner = PrunerName.NONE;

  @Option(names = "--seed", paramLabel = "N")
  private long seed;

  @Mixin private StorageOption storageOption;
  @Mixin private TaskOptions options;
  @Mixin private BackendOption backend;
  @Mixin private CommonOptions common;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal out = common.quiet() ? terminal.quiet() : terminal;
    out.line("backend", backend.open().device().toString());
    SweepTask task = new DigitTask(DigitNetwork.MLP, options);
    String name = study == null ? objective : study;
    try (Storage storage = storageOption.open();
        Study made =
            Study.create(
                name,
                o ->
                    o.storage(storage)
                        .directions(task.directions().toArray(io.dendra.sweep.Direction[]::new))
                        .sampler(sampler.create())
                        .pruner(pruner.create())
                        .seed(seed)
                        .loadIfExists());
        InterruptOnExit guard = new InterruptOnExit()) {
      io.dendra.sweep.Objective objective = task.objective(out);
      SweepSummary summary =
          made.optimize(
              objective,
              o ->
                  o.totalTrials(trials)
                      .listener(new SweepProgress(out.out()))
                      .listener(task.listener()));
      out.out().println(summary);
      task.conclude(made, terminal);
    }
    return 0;
  }
}
