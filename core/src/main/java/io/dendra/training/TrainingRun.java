package io.dendra.training;

import io.dendra.models.Model;
import java.util.Map;
import java.util.OptionalLong;

/** A training under way, as callbacks see it. */
public final class TrainingRun {
  private final Model model;
  private final int epochs;
  private final OptionalLong batchesPerEpoch;
  private final Trainer trainer;
  private String stopReason;

  TrainingRun(Trainer trainer, Model model, int epochs, OptionalLong batchesPerEpoch) {
    this.trainer = trainer;
    this.model = model;
    this.epochs = epochs;
    this.batchesPerEpoch = batchesPerEpoch;
  }

  /** The model that is trained. */
  public Model model() {
    return model;
  }

  /** The number of the last epoch plus one. */
  public int epochs() {
    return epochs;
  }

  /** The number of batches of an epoch, where it is known. */
  public OptionalLong batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /** The loss and the metrics of the epoch so far, and the loss scale where there is one. */
  public Map<String, Double> logs() {
    return trainer.trainLogs();
  }

  /** Ends training after this batch, or after this epoch when called at its end. */
  public void stop(String reason) {
    stopReason = reason;
  }

  /** Why training is to end, or null. */
  public String stopReason() {
    return stopReason;
  }
}
