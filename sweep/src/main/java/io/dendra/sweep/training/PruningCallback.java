package io.dendra.sweep.training;

import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.text.Suggestions;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.util.Map;

/**
 * Reports a value of each epoch to a trial, and ends it when the study's pruner says so.
 *
 * <pre>{@code
 * model.fit(data, o -> o.epochs(20).validation(test)
 *     .callbacks(new PruningCallback(trial, "val_accuracy")));
 * }</pre>
 *
 * <p>Steps are the numbers of epochs from 0, as with Optuna's callbacks: a warm-up of two steps is
 * two epochs.
 */
public final class PruningCallback implements Callback {
  private final Trial trial;
  private final String metric;

  /**
   * Reports a metric.
   *
   * @param metric its name in the logs, such as {@code val_accuracy} or {@code loss}
   */
  public PruningCallback(Trial trial, String metric) {
    this.trial = trial;
    this.metric = metric;
  }

  /**
   * Reports the epoch.
   *
   * @throws TrialPrunedException when the trial is to end
   * @throws IllegalArgumentException when the logs have no such metric, with those that they have
   */
  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    double value = value(metric, logs);
    trial.report(epoch, value);
    if (trial.shouldPrune()) {
      throw new TrialPrunedException(
          "pruned after epoch " + (epoch + 1) + " with " + metric + " " + value);
    }
  }

  /** A value of the logs. */
  static double value(String metric, Map<String, Double> logs) {
    Double value = logs.get(metric);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no '"
              + metric
              + "' to report, only "
              + logs.keySet()
              + Suggestions.nearest(metric, logs.keySet())
              + (metric.startsWith("val_")
                      && logs.keySet().stream().noneMatch(k -> k.startsWith("val_"))
                  ? " Values with val_ need validation data in fit."
                  : ""));
    }
    return value;
  }
}
