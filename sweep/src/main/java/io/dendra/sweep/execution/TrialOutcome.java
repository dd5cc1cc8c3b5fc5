package io.dendra.sweep.execution;

import java.util.List;

/** How a run of an objective ended. */
public sealed interface TrialOutcome {
  /**
   * It gave its values.
   *
   * @param values one for each direction of the study
   */
  record Complete(List<Double> values) implements TrialOutcome {
    /** Copies the list. */
    public Complete {
      values = List.copyOf(values);
    }
  }

  /** It ended early, as the pruner advised. */
  record Pruned() implements TrialOutcome {}

  /**
   * It failed.
   *
   * @param cause what it threw, {@link RemoteFailureException} when in another process, or {@link
   *     WorkerLostException} when that process died
   */
  record Failed(Throwable cause) implements TrialOutcome {}
}
