package io.dendra.sweep.execution;

import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.devices.DeviceLease;
import java.time.Duration;
import java.util.Optional;

/** How the trials of a sweep are run: in threads of this JVM, or in {@link ProcessExecutor}. */
public interface TrialExecutor {
  /** In the threads of the sweep. Fast, and an objective may be a lambda. */
  TrialExecutor THREADS = ThreadRunner::new;

  /**
   * Begins a sweep.
   *
   * @param limit how long a trial may take
   * @throws IllegalArgumentException when the objective cannot be run in this way, with the reason
   */
  Runner open(Objective objective, Optional<Duration> limit);

  /** Runs the trials of one sweep, several at once. */
  interface Runner extends AutoCloseable {
    /**
     * Runs a trial to its end; whatever goes wrong is the outcome. A device that can be used no
     * more is a {@link io.dendra.backend.DeviceLostException} among the causes.
     *
     * @throws InterruptedException when the thread was interrupted: the trial has been stopped
     */
    TrialOutcome run(Trial trial, DeviceLease slot) throws InterruptedException;

    /** Ends what is left over. */
    @Override
    void close();
  }
}
