package io.dendra.sweep.progress;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.TrialRecord;
import java.io.PrintStream;
import java.util.List;

/** Shows a sweep as it goes. */
public final class SweepProgress implements SweepListener {
  private final PrintStream out;

  /** Prints a line for each trial that ends. */
  public SweepProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void onSweepBegin(Study study, List<String> slots, int totalTrials) {}

  @Override
  public void onTrialEnd(TrialRecord trial, String slot) {
    out.println(
        "trial "
            + trial.number()
            + " "
            + trial.state()
            + " "
            + trial.values()
            + " "
            + trial.parameterValues()
            + " "
            + trial.duration().orElse(null));
  }
}
