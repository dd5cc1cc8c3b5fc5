package io.dendra.sweep.execution;

import io.dendra.sweep.Trial;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A trial that a worker may take up, once. */
public final class TrialOffer implements AutoCloseable {
  private final Trial trial;
  private final TrialTicket ticket;
  private final CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
  private final AtomicBoolean taken = new AtomicBoolean();

  TrialOffer(Trial trial, TrialTicket ticket, Runnable withdraw) {
    this.trial = trial;
    this.ticket = ticket;
    whenEnded(withdraw);
  }

  /** What the worker needs. */
  public TrialTicket ticket() {
    return ticket;
  }

  /**
   * How the trial ends. Nothing comes if no worker ever takes it up: then {@link #abandon} it. It
   * is completed by a thread of the server; nothing long should hang on it.
   */
  public CompletableFuture<TrialOutcome> outcome() {
    return outcome.copy();
  }

  /** Ends the trial as failed unless it has ended, since its worker is known to be dead. */
  public void abandon(String reason) {
    end(new TrialOutcome.Failed(new WorkerLostException(reason)));
  }

  /** Takes the trial from its worker, which gives it up; the outcome is a lost worker then. */
  @Override
  public void close() {
    abandon(trial.number() + " was taken from its worker");
  }

  Trial trial() {
    return trial;
  }

  /** Whether this call is the first. */
  boolean take() {
    return taken.compareAndSet(false, true);
  }

  void end(TrialOutcome ended) {
    outcome.complete(ended);
  }

  boolean hasEnded() {
    return outcome.isDone();
  }

  /** Runs when the trial has ended, however; at once when it has already. */
  void whenEnded(Runnable action) {
    var unused = outcome.thenRun(action);
  }
}
