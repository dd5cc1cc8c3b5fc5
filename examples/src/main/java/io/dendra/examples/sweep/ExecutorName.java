package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.sweep.execution.TrialExecutor;
import java.util.Locale;

/** The ways to run trials by their names on the command line. */
enum ExecutorName {
  THREAD,
  PROCESS;

  /** The executor. */
  TrialExecutor of(SweepTask task) {
    return this == THREAD ? TrialExecutor.THREADS : task.processes();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the name. */
  static final class ByName extends Choice<ExecutorName> {
    ByName() {
      super("executor", values());
    }
  }
}
