package io.dendra.training.callbacks;

import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ends training when a value no longer gets better (L. Prechelt, Early Stopping, 1998).
 *
 * <pre>{@code
 * new EarlyStopping("val_loss").patience(3).restoreBestWeights()
 * }</pre>
 */
public final class EarlyStopping implements Callback {
  private final Monitor monitor;
  private int patience;
  private double minDelta;
  private boolean restoreBest;
  private double best;
  private int bestEpoch;
  private Map<Parameter, NDArray> bestWeights;

  /** Watches {@code val_loss}. */
  public EarlyStopping() {
    this("val_loss");
  }

  /** Watches a value of the logs; accuracies should grow, all else should fall. */
  public EarlyStopping(String key) {
    this.monitor = Monitor.of(key);
  }

  /** Epochs without progress before it stops; 0 if not given. */
  public EarlyStopping patience(int epochs) {
    this.patience = epochs;
    return this;
  }

  /** What counts as progress at least; 0 if not given. */
  public EarlyStopping minDelta(double delta) {
    this.minDelta = Math.abs(delta);
    return this;
  }

  /** Puts the weights of the best epoch back at the end. */
  public EarlyStopping restoreBestWeights() {
    this.restoreBest = true;
    return this;
  }

  /** The number of the best epoch, from 0. */
  public int bestEpoch() {
    return bestEpoch;
  }

  @Override
  public void onTrainBegin(TrainingRun run) {
    best = monitor.worst();
    bestEpoch = 0;
    bestWeights = null;
  }

  @Override
  public void onEpochEnd(TrainingRun run, int epoch, Map<String, Double> logs) {
    double value = monitor.read(logs);
    if (monitor.improves(value, best, minDelta) || (restoreBest && bestWeights == null)) {
      best = value;
      bestEpoch = epoch;
      if (restoreBest) {
        bestWeights = new LinkedHashMap<>();
        run.model()
            .parameters()
            .forEach(parameter -> bestWeights.put(parameter, parameter.value().toNDArray()));
      }
    } else if (epoch - bestEpoch >= Math.max(1, patience)) {
      run.stop(
          monitor.key() + " has not improved since epoch " + (bestEpoch + 1) + " (" + best + ")");
    }
  }

  @Override
  public void onTrainEnd(TrainingRun run) {
    if (bestWeights != null) {
      bestWeights.forEach(Parameter::assign);
      bestWeights = null;
    }
  }
}
