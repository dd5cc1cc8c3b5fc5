package io.dendra.examples.sweep;

import io.dendra.examples.cli.Terminal;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.execution.ProcessExecutor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a sweep searches for: an objective, with what a command has to know of it. */
interface SweepTask {
  /** Which values of the objective are better. */
  List<Direction> directions();

  /** The objective; made ready when first asked for. */
  Objective objective(Terminal terminal);

  /** Runs its trials in processes of their own. */
  ProcessExecutor processes();

  /** The names of its parameters, or none when only trials tell. */
  default Set<String> parameterNames() {
    return Set.of();
  }

  /** Is told about trials beside the displays. */
  default SweepListener listener() {
    return SweepListener.NONE;
  }

  /** Says more of the best trial, once the sweep is over; what a report should show as well. */
  default Optional<String> conclude(Study study, Terminal terminal) {
    return Optional.empty();
  }
}
