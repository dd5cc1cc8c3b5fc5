package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.examples.cli.Failure;
import io.dendra.sweep.execution.ProcessExecutor;
import io.dendra.sweep.execution.TrialExecutor;
import java.util.Locale;

/** The ways to run trials by their names on the command line. */
enum ExecutorName {
  THREAD,
  PROCESS;

  /**
   * The executor.
   *
   * @throws Failure when the objective cannot be made in another process
   */
  TrialExecutor of(SweepSettings settings) {
    if (this == THREAD) {
      return TrialExecutor.THREADS;
    }
    if (settings.task().startsWith("mnist")) {
      throw new Failure(
          "--executor process makes the objective anew in each process, which "
              + settings.task()
              + " does not allow: leave the option out");
    }
    if (!settings.classPath().isEmpty()) {
      throw new Failure(
          "--executor process needs the objective on the class path of this program: java -cp"
              + " dendra-examples.jar:mine.jar io.dendra.examples.Main sweep run ... in place of"
              + " --classpath");
    }
    return ProcessExecutor.perSlot();
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
