package io.dendra.examples.sweep;

import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.storage.Storage;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the studies of a storage. */
@Command(name = "list", description = "Show all studies of a storage.")
final class ListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private StorageOption storages;

  /** For --help and --verbose. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private CommonOptions common;

  ListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (Storage storage = storages.openExisting()) {
      List<StudyRecord> studies = storage.studies();
      int width =
          Math.max(5, studies.stream().mapToInt(study -> study.name().length()).max().orElse(0));
      String form = "%-" + width + "s  %6s  %6s  %6s  %6s  %7s  %s";
      terminal
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  form,
                  "study",
                  "trials",
                  "done",
                  "pruned",
                  "failed",
                  "waiting",
                  "best"));
      for (StudyRecord study : studies) {
        terminal.out().println(row(form, study, storage));
      }
    }
    return 0;
  }

  private static String row(String form, StudyRecord study, Storage storage) {
    List<TrialRecord> trials = storage.trials(study.id());
    return String.format(
        Locale.ROOT,
        form,
        study.name().replaceAll("\\p{Cntrl}", "?"),
        trials.size(),
        count(trials, TrialState.COMPLETE),
        count(trials, TrialState.PRUNED),
        count(trials, TrialState.FAIL),
        count(trials, TrialState.WAITING),
        best(study, trials, storage));
  }

  private static long count(List<TrialRecord> trials, TrialState state) {
    return trials.stream().filter(trial -> trial.state() == state).count();
  }

  private static String best(StudyRecord study, List<TrialRecord> trials, Storage storage) {
    if (study.directions().size() > 1) {
      try (Study loaded = Study.load(study.name(), o -> o.storage(storage))) {
        return loaded.bestTrials().size() + " on the front";
      }
    }
    return new StudySnapshot(study.directions(), trials)
        .best()
        .map(trial -> trial.value() + " (trial " + trial.number() + ")")
        .orElse("-");
  }
}
