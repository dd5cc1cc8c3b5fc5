package io.dendra.sweep.pbt;

import io.dendra.sweep.TrialPrunedException;

/** What a member of a population does in a generation. */
@FunctionalInterface
public interface Member {
  /**
   * Goes on from {@link Generation#start}, saves to {@link Generation#checkpoint}, and gives the
   * score.
   *
   * @throws TrialPrunedException to give up; another member's weights are taken over then
   * @throws Exception whatever goes wrong; the trial fails with it, the population goes on
   */
  double train(Generation generation) throws Exception;
}
