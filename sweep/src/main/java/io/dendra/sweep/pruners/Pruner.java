package io.dendra.sweep.pruners;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;

/**
 * Decides which trials are ended early, by what they and others reported.
 *
 * <p>A decision is a function of the settings and of what is given; a pruner may be used by several
 * threads at once.
 */
@FunctionalInterface
public interface Pruner {
  /** Ends no trial. */
  Pruner NONE = (study, trial) -> false;

  /**
   * Whether a trial should end.
   *
   * @param study as it is now, with the running trials and their reports
   * @param trial which has just reported
   */
  boolean shouldPrune(StudySnapshot study, TrialRecord trial);

  /**
   * The part of the study that a sampler should learn from for a trial: all of it, unless trials
   * are run under different terms.
   */
  default StudySnapshot comparable(StudySnapshot study, int number) {
    return study;
  }
}
