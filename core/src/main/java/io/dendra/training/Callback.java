package io.dendra.training;

import java.util.Map;

/** Called during {@code fit}; all methods do nothing unless overridden. */
public interface Callback {
  /** Training is about to begin. */
  default void onTrainBegin(TrainingRun run) {}

  /** An epoch is about to begin, counted from 0. */
  default void onEpochBegin(TrainingRun run, int epoch) {}

  /**
   * A batch is done.
   *
   * @param batch its number in the epoch, from 0
   * @param loss of this batch
   */
  default void onBatchEnd(TrainingRun run, int batch, double loss) {}

  /**
   * An epoch and its validation are done.
   *
   * @param logs the loss and the metrics, and both again with {@code val_} in front
   */
  default void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {}

  /** Training has ended, also when it was interrupted or failed. */
  default void onTrainEnd(TrainingRun run) {}
}
