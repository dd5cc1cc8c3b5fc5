package io.dendra.examples.sweep;

import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.InterruptOnExit;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Objective;
import io.dendra.sweep.OptimizeOptions;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.execution.TrialExecutor;
import io.dendra.sweep.progress.SweepProgress;
import io.dendra.sweep.report.PruningSavings;
import io.dendra.sweep.report.ReportListener;
import io.dendra.sweep.report.ReportOptions;
import io.dendra.sweep.report.SweepReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Runs the trials of a study that has been made or loaded, and says what came of it. */
final class SweepRunner {
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(5);

  /** The system attribute with what a trial was enqueued with; Optuna's name. */
  private static final String ENQUEUED = "fixed_params";

  private final SweepTask task;
  private final SweepSettings settings;
  private final RunOptions options;
  private final Terminal terminal;
  private final Terminal out;
  private final DevicePool devices;
  private final TrialExecutor executor;
  private final Objective objective;
  private Study study;

  /**
   * Makes ready what trials need.
   *
   * @param terminal for results
   * @param out for all else; nowhere when it is to be quiet
   * @throws Failure when something is not there, or does not fit
   */
  SweepRunner(
      SweepTask task,
      SweepSettings settings,
      RunOptions options,
      BackendOption backend,
      Terminal terminal,
      Terminal out) {
    this.task = task;
    this.settings = settings;
    this.options = options;
    this.terminal = terminal;
    this.out = out;
    options.report().ifPresent(OutputFile::prepare);
    for (Map<String, Object> parameters : options.enqueued) {
      ParameterNames.require(
          "--enqueue", parameters.keySet(), settings.task(), task.parameterNames());
    }
    this.devices = DeviceChoice.pool(backend, options);
    this.executor = options.executor.of(task);
    this.objective = task.objective(out);
  }

  /**
   * Runs until a study has its trials.
   *
   * @param whenInterrupted what to do then
   * @return the exit code
   */
  int run(Study made, String whenInterrupted) {
    study = made;
    for (Map<String, Object> parameters : options.enqueued) {
      ParameterNames.require("--enqueue", parameters, study);
    }
    study.attribute(SweepSettings.KEY, settings.toMap());
    options.enqueued.forEach(this::enqueue);
    out.line("backend", String.join(", ", devices.slots()));
    out.line(
        "study",
        String.format(
            Locale.ROOT,
            "%s: %d of %d trials so far, sampler %s, pruner %s",
            study.name(),
            ended(),
            settings.trials(),
            settings.sampler(),
            settings.pruner()));
    FailureWatch failures = new FailureWatch();
    SweepSummary summary;
    try (InterruptOnExit guard = new InterruptOnExit()) {
      summary = study.optimize(objective, o -> configure(o, failures));
    } catch (InterruptedException e) {
      throw new Failure(
          "interrupted with "
              + ended()
              + " of "
              + settings.trials()
              + " trials; those that ran wait. "
              + whenInterrupted,
          e);
    }
    failures.requireSome(summary);
    conclude(summary);
    return 0;
  }

  /** Once, however often the command is given. */
  private void enqueue(Map<String, Object> parameters) {
    boolean known =
        study.trials().stream()
            .anyMatch(trial -> parameters.equals(trial.systemAttributes().get(ENQUEUED)));
    if (known) {
      out.line("note", "the study has a trial that was enqueued with " + parameters);
    } else {
      study.enqueue(parameters);
    }
  }

  private long ended() {
    return study.trials().stream().filter(trial -> trial.state().isFinished()).count();
  }

  private void configure(OptimizeOptions o, FailureWatch failures) {
    o.totalTrials(settings.trials())
        .devices(devices)
        .retries(options.retries)
        .executor(executor)
        .listener(failures)
        .listener(task.listener())
        .listener(progress());
    if (options.timeout != null) {
      o.timeout(options.timeout);
    }
    options
        .report()
        .ifPresent(
            file -> o.listener(new ReportListener(file.path(), this::describe, REPORT_INTERVAL)));
  }

  private SweepListener progress() {
    return out.live()
        ? SweepProgress.live(out.out(), SweepRunner::width)
        : SweepProgress.lines(out.out());
  }

  /** Asked anew each time, but not more often than the picture is drawn. */
  private static int width() {
    return new UsageMessageSpec().autoWidth(true).width();
  }

  private ReportOptions describe(ReportOptions report) {
    return Described.of(report, settings);
  }

  private ReportOptions describe(ReportOptions report, Optional<String> test) {
    ReportOptions described = describe(report);
    return test.map(
            text -> described.card("test accuracy", text, "of the best, on unseen pictures"))
        .orElse(described);
  }

  private void conclude(SweepSummary summary) {
    List<TrialRecord> trials = study.trials();
    out.out().println();
    out.out().println(text(summary));
    saved(trials).ifPresent(out.out()::println);
    if (trials.stream().noneMatch(trial -> trial.state() == TrialState.COMPLETE)) {
      terminal.out().println("No trial is complete");
    } else {
      BestCommand.print(study, terminal);
      Optional<String> more = task.conclude(study, terminal);
      options
          .report()
          .ifPresent(
              file -> {
                SweepReport.write(study, file.path(), o -> describe(o, more));
                out.line("report", file.path().toString());
              });
    }
  }

  private String text(SweepSummary summary) {
    int ended = summary.complete() + summary.pruned() + summary.failed();
    if (ended == 0 && ended() >= settings.trials()) {
      return "The study has its " + settings.trials() + " trials; --trials asks for more";
    }
    return String.format(
        Locale.ROOT,
        "%d trials in %s: %d done, %d pruned, %d failed",
        ended,
        TimeSpan.clock(summary.elapsed()),
        summary.complete(),
        summary.pruned(),
        summary.failed());
  }

  private Optional<String> saved(List<TrialRecord> trials) {
    return PruningSavings.of(trials)
        .filter(savings -> savings.steps() > 0)
        .map(
            savings ->
                String.format(
                    Locale.ROOT,
                    "Pruning saved about %s of computing, by an estimate: %d epochs of %d trials"
                        + " were not run, and all trials together took %s",
                    TimeSpan.clock(savings.time()),
                    savings.steps(),
                    savings.trials(),
                    TimeSpan.clock(computed(trials))));
  }

  private static Duration computed(List<TrialRecord> trials) {
    return trials.stream()
        .map(trial -> trial.duration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Whether anything but failures came out of a run. */
  private static final class FailureWatch implements SweepListener {
    private volatile TrialRecord last;

    @Override
    public void onTrialEnd(TrialRecord trial, String slot) {
      if (trial.state() == TrialState.FAIL) {
        last = trial;
      }
    }

    void requireSome(SweepSummary summary) {
      if (last != null && summary.complete() + summary.pruned() == 0) {
        Object cause = last.systemAttributes().get("fail_reason");
        throw new Failure(
            "all "
                + summary.failed()
                + " trials failed, the last by "
                + String.valueOf(cause).lines().findFirst().orElse("an unknown cause")
                + ". --verbose shows where, and so does the report");
      }
    }
  }
}
