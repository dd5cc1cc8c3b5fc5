package io.dendra.sweep.report;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.TrialRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes the report of a sweep as it goes, when trials end but not too often, and at its end. */
public final class ReportListener implements SweepListener {
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

  private final Path file;
  private final UnaryOperator<ReportOptions> options;
  private final Duration interval;
  private Study study;
  private long next;

  /** Writes at most every 5 seconds. */
  public ReportListener(Path file) {
    this(file, options -> options, DEFAULT_INTERVAL);
  }

  /** Writes with more about the sweep, at most so often while it runs. */
  public ReportListener(Path file, UnaryOperator<ReportOptions> options, Duration interval) {
    this.file = file;
    this.options = options;
    this.interval = interval;
  }

  @Override
  public void onSweepBegin(Study begun, List<String> slots, int totalTrials) {
    this.study = begun;
    this.next = System.nanoTime();
  }

  /** The next one is as far away as this one took, ten times over: large studies take longer. */
  @Override
  public void onTrialEnd(TrialRecord trial, String slot) {
    long begin = System.nanoTime();
    if (begin - next < 0) {
      return;
    }
    SweepReport.write(study, file, options);
    long took = System.nanoTime() - begin;
    next = System.nanoTime() + Math.max(interval.toNanos(), 10 * took);
  }

  @Override
  public void onSweepEnd(Study ended, Duration elapsed) {
    SweepReport.write(ended, file, options);
  }
}
