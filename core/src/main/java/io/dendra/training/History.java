package io.dendra.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What training gave, epoch by epoch, under the keys of Keras: {@code loss}, {@code accuracy},
 * {@code val_loss}, {@code val_accuracy}.
 */
public final class History {
  private final Map<String, List<Double>> series = new LinkedHashMap<>();
  private final List<Double> seconds = new ArrayList<>();
  private final List<Double> waits = new ArrayList<>();
  private final List<Double> batchLosses = new ArrayList<>();
  private String stopReason;

  void addEpoch(Map<String, Double> logs, double epochSeconds, double waitSeconds) {
    logs.forEach((key, value) -> series.computeIfAbsent(key, k -> new ArrayList<>()).add(value));
    seconds.add(epochSeconds);
    waits.add(waitSeconds);
  }

  void addBatchLoss(double loss) {
    batchLosses.add(loss);
  }

  void stopped(String reason) {
    stopReason = reason;
  }

  /**
   * The values of a key, one per epoch.
   *
   * @throws IllegalArgumentException when there is no such key, listing those that are
   */
  public List<Double> get(String key) {
    List<Double> values = series.get(key);
    if (values == null) {
      throw new IllegalArgumentException("no '" + key + "' in the history: " + series.keySet());
    }
    return Collections.unmodifiableList(values);
  }

  /** The last value of a key. */
  public double last(String key) {
    List<Double> values = get(key);
    return values.get(values.size() - 1);
  }

  /** All values by key. */
  public Map<String, List<Double>> series() {
    return Collections.unmodifiableMap(series);
  }

  /** The loss of each batch of this training, in order. */
  public List<Double> batchLosses() {
    return Collections.unmodifiableList(batchLosses);
  }

  /** How long each epoch took, validation included, in seconds. */
  public List<Double> seconds() {
    return Collections.unmodifiableList(seconds);
  }

  /**
   * How long training waited for its next batch in each epoch, in seconds; much of {@link
   * #seconds()} means that the data are prepared too slowly, and more {@code prefetch} or less work
   * per sample would help.
   */
  public List<Double> dataWaits() {
    return Collections.unmodifiableList(waits);
  }

  /** The number of epochs that were finished. */
  public int epochs() {
    return seconds.size();
  }

  /** Why training ended before its last epoch, or null. */
  public String stopReason() {
    return stopReason;
  }

  @Override
  public String toString() {
    return epochs() + " epochs, " + series;
  }
}
