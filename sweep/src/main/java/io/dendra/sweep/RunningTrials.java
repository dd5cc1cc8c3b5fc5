package io.dendra.sweep;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trials that a sweep runs at this moment: they show life, and may be given back. */
final class RunningTrials {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTrials.class);

  private final Study study;
  private final Heartbeats heartbeats;
  private final Set<StudyTrial> running = new LinkedHashSet<>();
  private long changes;

  RunningTrials(Study study, Heartbeats heartbeats) {
    this.study = study;
    this.heartbeats = heartbeats;
  }

  synchronized void add(StudyTrial trial) {
    heartbeats.add(trial.lease());
    running.add(trial);
  }

  synchronized void remove(StudyTrial trial) {
    heartbeats.remove(trial.lease());
    running.remove(trial);
    changed();
  }

  synchronized boolean isEmpty() {
    return running.isEmpty();
  }

  /** Wakes those who wait for something to do. */
  synchronized void changed() {
    changes++;
    notifyAll();
  }

  /** Waits until a trial ends, or for a time. */
  synchronized void awaitChange(Duration longest) throws InterruptedException {
    long before = changes;
    long end = System.nanoTime() + longest.toNanos();
    for (long left = longest.toMillis(); left > 0 && changes == before; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  /** Makes them wait again; their workers, if they live, are told when they next write. */
  void giveBackAll() {
    List<StudyTrial> left;
    synchronized (this) {
      left = List.copyOf(running);
    }
    for (StudyTrial trial : left) {
      try {
        study.giveBack(trial);
      } catch (LostTrialException e) {
        LOG.debug("trial {} has ended meanwhile", trial.number());
      } catch (RuntimeException e) {
        LOG.warn("trial {} could not be given back; its silence will tell", trial.number(), e);
      }
    }
  }
}
