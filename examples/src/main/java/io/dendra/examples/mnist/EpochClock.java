package io.dendra.examples.mnist;

import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures the steps of each epoch without the validation that follows them. */
final class EpochClock implements Callback {
  private final List<Double> seconds = new ArrayList<>();
  private long start;
  private long lastBatch;

  /** Seconds of training for each finished epoch. */
  List<Double> seconds() {
    return List.copyOf(seconds);
  }

  /** Seconds of all finished epochs together. */
  double total() {
    return seconds.stream().mapToDouble(Double::doubleValue).sum();
  }

  @Override
  public void onEpochBegin(TrainingRun run, int epoch) {
    start = System.nanoTime();
    lastBatch = start;
  }

  @Override
  public void onBatchEnd(TrainingRun run, int batch, double loss) {
    lastBatch = System.nanoTime();
  }

  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    seconds.add((lastBatch - start) / 1e9);
  }
}
