package io.dendra.examples.mnist;

import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import io.dendra.training.callbacks.ModelCheckpoint;
import java.nio.file.Path;
import java.util.Map;

/** Saves the best model, but never one whose loss is no longer a number. */
final class BestCheckpoint implements Callback {
  private final ModelCheckpoint checkpoint;
  private double lastLoss;

  BestCheckpoint(Path file) {
    this.checkpoint = new ModelCheckpoint(file).saveBestOnly("val_accuracy");
  }

  @Override
  public void onTrainBegin(TrainingRun run) {
    checkpoint.onTrainBegin(run);
  }

  @Override
  public void onBatchEnd(TrainingRun run, int batch, double loss) {
    lastLoss = loss;
  }

  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    if (Double.isFinite(lastLoss)) {
      checkpoint.onEpochEnd(run, epoch, logs);
    }
  }
}
