package io.dendra.training.callbacks;

import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.nio.file.Path;
import java.util.Map;

/**
 * Saves the model after each epoch, or after each that is the best so far. The file is replaced in
 * one step, so that at any moment it holds a whole model.
 */
public final class ModelCheckpoint implements Callback {
  private final Path file;
  private Monitor monitor = Monitor.of("val_loss");
  private boolean bestOnly;
  private double best;

  /** Saves to a file; {@code {epoch}} in its name stands for the number of the epoch from 1. */
  public ModelCheckpoint(Path file) {
    this.file = file;
  }

  /** Saves only when a value of the logs is better than ever before. */
  public ModelCheckpoint saveBestOnly(String key) {
    this.monitor = Monitor.of(key);
    this.bestOnly = true;
    return this;
  }

  @Override
  public void onTrainBegin(TrainingRun run) {
    best = monitor.worst();
  }

  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    if (bestOnly) {
      double value = monitor.read(logs);
      if (!monitor.improves(value, best, 0)) {
        return;
      }
      best = value;
    }
    run.model().save(Path.of(file.toString().replace("{epoch}", Integer.toString(epoch + 1))));
  }
}
