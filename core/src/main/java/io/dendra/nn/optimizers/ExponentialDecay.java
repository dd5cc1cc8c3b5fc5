package io.dendra.nn.optimizers;

import io.dendra.serialization.Configured;
import io.dendra.serialization.Settings;
import java.util.Map;

/**
 * {@code initialRate · decayRate^(step / decaySteps)}.
 *
 * @param initialRate the first rate
 * @param decaySteps after how many steps the rate has been multiplied by {@code decayRate}
 * @param decayRate the factor
 * @param staircase whether the rate falls at once after each {@code decaySteps}, not steadily
 */
public record ExponentialDecay(
    double initialRate, long decaySteps, double decayRate, boolean staircase)
    implements LearningRateSchedule, Configured {
  /** Checks the steps. */
  public ExponentialDecay {
    if (decaySteps < 1) {
      throw new IllegalArgumentException(
          "ExponentialDecay: decay steps have to be at least 1, given " + decaySteps);
    }
  }

  /** One that falls steadily. */
  public ExponentialDecay(double initialRate, long decaySteps, double decayRate) {
    this(initialRate, decaySteps, decayRate, false);
  }

  static ExponentialDecay from(Settings s) {
    return new ExponentialDecay(
        s.getDouble("initial_learning_rate"),
        s.getLong("decay_steps"),
        s.getDouble("decay_rate"),
        s.has("staircase") && s.getBoolean("staircase"));
  }

  @Override
  public double at(long step) {
    double periods = (double) step / decaySteps;
    return initialRate * Math.pow(decayRate, staircase ? Math.floor(periods) : periods);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of(
        "initial_learning_rate",
        initialRate,
        "decay_steps",
        decaySteps,
        "decay_rate",
        decayRate,
        "staircase",
        staircase);
  }
}
