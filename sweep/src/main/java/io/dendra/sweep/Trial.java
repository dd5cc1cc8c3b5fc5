package io.dendra.sweep;

import io.dendra.random.RandomKey;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import io.dendra.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One try of an objective: it suggests parameters, takes reports, and says when to give up.
 *
 * <p>The search space is plain code: a parameter exists from its first suggestion on, and may
 * depend on others.
 *
 * <pre>{@code
 * double objective(Trial trial) {
 *   double rate = trial.suggestFloat("learning_rate", 1e-5, 1e-1, Scale.LOG);
 *   int layers = trial.suggestInt("layers", 1, 3);
 *   for (int i = 0; i < layers; i++) {
 *     trial.suggestInt("units_" + i, 32, 512, Scale.LOG);
 *   }
 *   ...
 * }
 * }</pre>
 *
 * <p>A trial belongs to the thread that runs its objective.
 */
public interface Trial {
  /** Its place in the study, from 0. */
  int number();

  /**
   * A value of a parameter. The same name gives the same value for as long as the trial lives.
   *
   * @throws IllegalArgumentException when the name has a distribution that does not fit this one,
   *     in this trial or in the study
   */
  Object suggest(String name, Distribution distribution);

  /**
   * Tells a value that the objective has come to, such as the validation loss of an epoch.
   *
   * @param step such as the number of the epoch; a step is told once, later ones are ignored
   */
  void report(int step, double value);

  /** Whether the pruner advises to end the trial, by throwing {@link TrialPrunedException}. */
  boolean shouldPrune();

  /**
   * Notes something about the trial.
   *
   * @param value of JSON: string, number, truth value, null, or a list or map of such
   */
  void attribute(String key, Object value);

  /** The values of all parameters suggested so far. */
  Map<String, Object> parameters();

  /** Where it runs; the default device of the thread while it does. */
  Device device();

  /** From which all its random numbers come: made of the study's seed and its number. */
  RandomKey key();

  /**
   * A seed for its model, made of {@link #key}: {@code model.seed(trial.seed())} fixes weights,
   * shuffling and dropout. Below 2^53, so that every reader of JSON gets it right.
   */
  default long seed() {
    return key().value() >>> 11;
  }

  /** A folder of its own for checkpoints, which outlives a crash. Made when first asked for. */
  Path directory();

  /** A number from {@code low} to {@code high}, both included. */
  default double suggestFloat(String name, double low, double high) {
    return suggestFloat(name, low, high, Scale.LINEAR);
  }

  /** A number from {@code low} to {@code high}, on a scale. */
  default double suggestFloat(String name, double low, double high, Scale scale) {
    return (Double) suggest(name, new FloatDistribution(low, high, scale == Scale.LOG, 0));
  }

  /** One of {@code low}, {@code low + step}, … up to {@code high}. */
  default double suggestFloat(String name, double low, double high, double step) {
    return (Double) suggest(name, new FloatDistribution(low, high, false, step));
  }

  /** A whole number from {@code low} to {@code high}, both included. */
  default int suggestInt(String name, int low, int high) {
    return suggestInt(name, low, high, 1);
  }

  /** A whole number from {@code low} to {@code high}, on a scale. */
  default int suggestInt(String name, int low, int high, Scale scale) {
    Object value = suggest(name, new IntDistribution(low, high, scale == Scale.LOG, 1));
    return Math.toIntExact((Long) value);
  }

  /** One of {@code low}, {@code low + step}, … up to {@code high}. */
  default int suggestInt(String name, int low, int high, int step) {
    return Math.toIntExact((Long) suggest(name, new IntDistribution(low, high, false, step)));
  }

  /** True or false. */
  default boolean suggestBoolean(String name) {
    return suggestCategorical(name, false, true);
  }

  /** One of several choices: strings, numbers, truth values or null. */
  @SuppressWarnings("unchecked")
  default <T> T suggestCategorical(String name, T... choices) {
    return suggestCategorical(name, Arrays.asList(choices));
  }

  /** One of several choices: strings, numbers, truth values or null. */
  default <T> T suggestCategorical(String name, List<T> choices) {
    CategoricalDistribution distribution = new CategoricalDistribution(new ArrayList<>(choices));
    Object value = suggest(name, distribution);
    return choices.get((int) distribution.encode(value));
  }
}
