package io.dendra.nn.optimizers;

import io.dendra.serialization.Configured;
import io.dendra.serialization.Settings;
import java.util.Map;

/**
 * Half a cosine from the first rate down to {@code alpha} times it, after a linear rise if there
 * are warm-up steps (I. Loshchilov and F. Hutter, SGDR, 2017).
 *
 * @param initialRate the rate at the start of the warm-up, or of the decay when there is none
 * @param decaySteps the steps of the decay, after the warm-up
 * @param alpha the share of the rate that is left at the end
 * @param warmupTarget the rate at the end of the warm-up
 * @param warmupSteps the steps of the warm-up, 0 for none
 */
public record CosineDecay(
    double initialRate, long decaySteps, double alpha, double warmupTarget, long warmupSteps)
    implements LearningRateSchedule, Configured {
  /** Checks the steps. */
  public CosineDecay {
    if (decaySteps < 1 || warmupSteps < 0) {
      throw new IllegalArgumentException(
          "CosineDecay: decay steps have to be at least 1 and warm-up steps at least 0, given "
              + decaySteps
              + " and "
              + warmupSteps);
    }
  }

  /** One without a warm-up, down to 0. */
  public CosineDecay(double initialRate, long decaySteps) {
    this(initialRate, decaySteps, 0, initialRate, 0);
  }

  static CosineDecay from(Settings s) {
    double initial = s.getDouble("initial_learning_rate");
    return new CosineDecay(
        initial,
        s.getLong("decay_steps"),
        s.has("alpha") ? s.getDouble("alpha") : 0,
        s.has("warmup_target") ? s.getDouble("warmup_target") : initial,
        s.has("warmup_steps") ? s.getLong("warmup_steps") : 0);
  }

  @Override
  public double at(long step) {
    if (step < warmupSteps) {
      return initialRate + (warmupTarget - initialRate) * ((double) step / warmupSteps);
    }
    double done = Math.min(1, (double) (step - warmupSteps) / decaySteps);
    double cosine = 0.5 * (1 + Math.cos(Math.PI * done));
    return (warmupSteps > 0 ? warmupTarget : initialRate) * ((1 - alpha) * cosine + alpha);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of(
        "initial_learning_rate",
        initialRate,
        "decay_steps",
        decaySteps,
        "alpha",
        alpha,
        "warmup_target",
        warmupTarget,
        "warmup_steps",
        warmupSteps);
  }
}
