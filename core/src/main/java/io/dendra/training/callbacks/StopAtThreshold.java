package io.dendra.training.callbacks;

import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.util.Map;

/**
 * Ends training when a value has reached what was wanted: {@code new
 * StopAtThreshold("val_accuracy", 0.98)}.
 */
public final class StopAtThreshold implements Callback {
  private final Monitor monitor;
  private final double threshold;

  /**
   * Watches a value of the logs; accuracies have to reach the threshold from below, all else from
   * above.
   */
  public StopAtThreshold(String key, double threshold) {
    this.monitor = Monitor.of(key);
    this.threshold = threshold;
  }

  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    double value = monitor.read(logs);
    if (monitor.greaterIsBetter() ? value >= threshold : value <= threshold) {
      run.stop(monitor.key() + " reached " + value + ", wanted " + threshold);
    }
  }
}
