package io.dendra.training.callbacks;

import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;

/** Ends training when the loss is not a number or infinite. */
public final class TerminateOnNaN implements Callback {
  private int epoch;

  @Override
  public void onEpochBegin(TrainingRun run, int number) {
    epoch = number;
  }

  @Override
  public void onBatchEnd(TrainingRun run, int batch, double loss) {
    if (!Double.isFinite(loss)) {
      run.stop(
          "the loss became "
              + loss
              + " in epoch "
              + (epoch + 1)
              + ", batch "
              + (batch + 1)
              + ": a lower learning rate, globalClipNorm, or inputs scaled to 0..1 usually help");
    }
  }
}
