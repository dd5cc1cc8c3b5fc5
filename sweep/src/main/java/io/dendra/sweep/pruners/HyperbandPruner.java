package io.dendra.sweep.pruners;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/**
 * Hyperband (L. Li et al., "Hyperband: a novel bandit-based approach to hyperparameter
 * optimization", 2017): several brackets of {@link SuccessiveHalvingPruner}, of which one ends
 * trials early and often, the next later, and so on, since nobody knows beforehand which is right.
 *
 * <p>A trial belongs to the bracket that a hash of its number says, with the shares of the paper,
 * and is compared with the trials of its bracket; samplers learn from those, too.
 *
 * <p>Names and defaults are those of Optuna. Its brackets follow from the study's name as well, so
 * the same trial may be in another bracket there. When {@code maxResource / minResource} is a power
 * of the reduction factor that logarithms miss by rounding, such as 243 of 3, there is one bracket
 * more here.
 */
public final class HyperbandPruner implements Pruner {
  private static final int AUTO = 0;

  private int minResource = 1;
  private int maxResource = AUTO;
  private int reductionFactor = 3;
  private int bootstrapCount;

  /** The step of the first rung; 1 by default. */
  public HyperbandPruner minResource(int step) {
    this.minResource = Settings.atLeast(1, step, "minResource");
    return this;
  }

  /**
   * The number of steps of a whole trial; by default that of the longest complete one, and no trial
   * ends before one is complete.
   */
  public HyperbandPruner maxResource(int steps) {
    this.maxResource = Settings.atLeast(1, steps, "maxResource");
    return this;
  }

  /** How far rungs are apart, and of how many trials one goes on; 3 by default. */
  public HyperbandPruner reductionFactor(int factor) {
    this.reductionFactor = Settings.atLeast(2, factor, "reductionFactor");
    return this;
  }

  /**
   * How many trials a rung must have seen before one passes it; 0 by default.
   *
   * @throws IllegalArgumentException when {@link #maxResource} has not been set before
   */
  public HyperbandPruner bootstrapCount(int trials) {
    if (trials > 0 && maxResource == AUTO) {
      throw new IllegalArgumentException(
          "a bootstrapCount of " + trials + " needs maxResource, which has to be set before");
    }
    this.bootstrapCount = Settings.atLeast(0, trials, "bootstrapCount");
    return this;
  }

  @Override
  public boolean shouldPrune(StudySnapshot study, TrialRecord trial) {
    int[] shares = shares(study);
    if (shares.length == 0) {
      return false;
    }
    int bracket = bracket(trial.number(), shares);
    return new SuccessiveHalvingPruner()
        .minResource(minResource)
        .reductionFactor(reductionFactor)
        .minEarlyStoppingRate(bracket)
        .bootstrapCount(bootstrapCount)
        .shouldPrune(study, other -> bracket(other.number(), shares) == bracket, trial);
  }

  @Override
  public StudySnapshot comparable(StudySnapshot study, int number) {
    int[] shares = shares(study);
    return shares.length == 0 ? study : of(bracket(number, shares), study, shares);
  }

  /** How many of how many trials each bracket gets; empty as long as the brackets are unknown. */
  private int[] shares(StudySnapshot study) {
    long longest = maxResource;
    if (maxResource == AUTO) {
      OptionalInt last = SuccessiveHalvingPruner.longest(study);
      if (last.isEmpty()) {
        return new int[0];
      }
      longest = last.getAsInt() + 1L;
    }
    int brackets = 0;
    for (long resource = minResource; resource <= longest; resource *= reductionFactor) {
      brackets++;
    }
    int[] shares = new int[brackets];
    for (int bracket = 0; bracket < brackets; bracket++) {
      int rungs = brackets - bracket;
      double trials = brackets * Math.pow(reductionFactor, rungs - 1) / rungs;
      shares[bracket] = (int) Math.ceil(trials);
    }
    return shares;
  }

  private static int bracket(int number, int[] shares) {
    long all = 0;
    for (int share : shares) {
      all += share;
    }
    long place = hash(number) % all;
    int bracket = 0;
    while (place >= shares[bracket]) {
      place -= shares[bracket];
      bracket++;
    }
    return bracket;
  }

  /** Of the text {@code _number}. */
  private static long hash(int number) {
    byte[] text = new byte[11];
    int start = text.length;
    for (int left = number; start == text.length || left > 0; left /= 10) {
      text[--start] = (byte) ('0' + left % 10);
    }
    text[--start] = '_';
    CRC32 hash = new CRC32();
    hash.update(text, start, text.length - start);
    return hash.getValue();
  }

  private static StudySnapshot of(int bracket, StudySnapshot study, int[] shares) {
    return new StudySnapshot(
        study.directions(),
        study.trials().stream()
            .filter(trial -> bracket(trial.number(), shares) == bracket)
            .toList());
  }
}
