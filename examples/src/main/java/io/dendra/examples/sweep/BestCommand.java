package io.dendra.examples.sweep;

import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.storage.Storage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what a sweep has found. */
@Command(
    name = "best",
    description = "Show the best trial of a study, or all that are best in their way.")
final class BestCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "STUDY",
      arity = "0..1",
      description = "Its name; not needed when there is only one.")
  private String name;

  @Mixin private StorageOption storages;

  /** For --help and --verbose. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private CommonOptions common;

  BestCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (Storage storage = storages.openExisting();
        Study study = Studies.look(name, storage)) {
      if (study.trials().stream().noneMatch(trial -> trial.state() == TrialState.COMPLETE)) {
        throw new Failure("no trial of study '" + study.name() + "' is complete");
      }
      print(study, terminal);
    }
    return 0;
  }

  /** Prints the best trial, or the Pareto front. */
  static void print(Study study, Terminal terminal) {
    List<TrialRecord> best =
        study.directions().size() == 1 ? List.of(study.best()) : study.bestTrials();
    for (TrialRecord trial : best) {
      List<String> values = trial.values().stream().map(Object::toString).toList();
      terminal
          .out()
          .println(
              (best.size() == 1 ? "Best value " : "On the front: ")
                  + String.join(", ", values)
                  + " by trial "
                  + trial.number());
      trial
          .parameterValues()
          .forEach((name, value) -> terminal.out().println("  " + name + " = " + value));
    }
  }
}
