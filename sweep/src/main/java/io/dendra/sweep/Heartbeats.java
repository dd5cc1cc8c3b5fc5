package io.dendra.sweep;

import io.dendra.sweep.storage.AttributeKind;
import io.dendra.sweep.storage.TrialLease;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows that the trials of this process live, and makes those of dead processes wait again. */
final class Heartbeats implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Study study;
  private final Duration interval;
  private final Duration grace;
  private final Set<TrialLease> mine = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          body -> {
            Thread thread = new Thread(body, "dendra-sweep-heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  Heartbeats(Study study, Duration interval, Duration grace) {
    this.study = study;
    this.interval = interval;
    this.grace = grace;
  }

  void start() {
    revive();
    var unused =
        clock.scheduleWithFixedDelay(
            this::beat, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  void add(TrialLease lease) {
    mine.add(lease);
  }

  void remove(TrialLease lease) {
    mine.remove(lease);
  }

  /**
   * Whether a trial waits, or one of another process shows no life, so that it may come to wait.
   */
  boolean othersMayReturn() {
    revive();
    Duration late = interval.multipliedBy(2);
    boolean silent =
        study.storage().silentFor(study.id(), late).stream().anyMatch(trial -> !isMine(trial));
    return silent || study.trials().stream().anyMatch(trial -> trial.state() == TrialState.WAITING);
  }

  /** A process that was held up, as when a machine slept, is not to take its own trials away. */
  private boolean isMine(TrialRecord trial) {
    return mine.contains(TrialLease.of(trial));
  }

  private void beat() {
    mine.removeIf(this::isLost);
    try {
      revive();
    } catch (RuntimeException | Error e) {
      // It must go on beating: the next time may be better.
      LOG.warn("dead trials could not be looked for", e);
    }
  }

  private boolean isLost(TrialLease lease) {
    try {
      study.storage().heartbeat(lease);
      return false;
    } catch (LostTrialException e) {
      return true;
    } catch (RuntimeException | Error e) {
      LOG.warn("a heartbeat could not be stored", e);
      return false;
    }
  }

  private void revive() {
    Set<Long> silentTrials = ConcurrentHashMap.newKeySet();
    study.storage().silentFor(study.id(), grace).forEach(trial -> silentTrials.add(trial.id()));
    for (TrialRecord trial : study.trials()) {
      if (trial.state() != TrialState.RUNNING || isMine(trial)) {
        continue;
      }
      boolean dead =
          trial.systemAttributes().get(TrialLease.OWNER) instanceof String owner
              && Owner.of(owner).map(Owner::isKnownDead).orElse(false);
      if (dead || silentTrials.contains(trial.id())) {
        revive(trial);
      }
    }
  }

  private void revive(TrialRecord trial) {
    TrialLease lease = TrialLease.of(trial);
    try {
      if (lease.owner() == null) {
        fail(trial, lease);
        return;
      }
      study.storage().giveBack(lease);
      LOG.info("trial {} was left by its process and waits again", trial.number());
    } catch (LostTrialException e) {
      LOG.debug("trial {} was taken meanwhile", trial.number());
    }
  }

  /**
   * A trial that Optuna ran: its worker shows no lease, so if it waited again and the worker lived,
   * both would tell it. A trial that has ended takes nothing from Optuna any more, which is what
   * Optuna does with its own stale trials.
   */
  private void fail(TrialRecord trial, TrialLease lease) {
    study
        .storage()
        .setTrialAttribute(
            lease,
            AttributeKind.SYSTEM,
            Study.CAUSE,
            "the worker, a process of Optuna, showed no life for " + grace.toSeconds() + " s");
    study.storage().finish(lease, TrialState.FAIL, List.of());
    LOG.info("trial {} was left by a process of Optuna and has failed", trial.number());
  }

  /** Not by an interrupt, which would break off what the storage is doing. */
  @Override
  public void close() {
    clock.shutdown();
    try {
      if (!clock.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        clock.shutdownNow();
      }
    } catch (InterruptedException e) {
      clock.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
