package io.dendra.sweep.training;

import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.report.PruningSavings;
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
 * two epochs. How long epochs took becomes user attributes of the trial, {@code
 * first_epoch_seconds} and for the mean of the others {@code epoch_seconds}.
 */
public final class PruningCallback implements Callback {
  private final Trial trial;
  private final String metric;
  private long since;
  private double first;
  private double later;
  private int epochs;

  /**
   * Reports a metric.
   *
   * @param metric its name in the logs, such as {@code val_accuracy} or {@code loss}
   */
  public PruningCallback(Trial trial, String metric) {
    this.trial = trial;
    this.metric = metric;
  }

  @Override
  public void onTrainBegin(TrainingRun run) {
    since = System.nanoTime();
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
    count();
    trial.report(epoch, value);
    boolean prune = trial.shouldPrune();
    if (prune || run.stopReason() != null || epoch + 1 == run.epochs()) {
      noteTimes();
    }
    if (prune) {
      throw new TrialPrunedException(
          "pruned after epoch " + (epoch + 1) + " with " + metric + " " + value);
    }
  }

  private void count() {
    long now = System.nanoTime();
    double took = (now - since) / 1e9;
    since = now;
    if (epochs == 0) {
      first = took;
    } else {
      later += took;
    }
    epochs++;
  }

  /** The first epoch takes longer: memory, kernels and the recorded step are made in it. */
  private void noteTimes() {
    trial.attribute(PruningSavings.FIRST_STEP, rounded(first));
    if (epochs > 1) {
      trial.attribute(PruningSavings.LATER_STEPS, rounded(later / (epochs - 1)));
    }
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 1e4) / 1e4;
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
