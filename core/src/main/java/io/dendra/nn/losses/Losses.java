package io.dendra.nn.losses;

import io.dendra.nn.activations.Activation;
import io.dendra.serialization.Registry;
import io.dendra.serialization.Settings;

/** The losses by name, as Keras has them. */
public final class Losses {
  /** How far probabilities are kept from 0 and 1 before their logarithm is taken. */
  static final double EPSILON = 1e-7;

  /** All of them, and those that users add. */
  public static final Registry<Loss> REGISTRY =
      new Registry<Loss>("loss")
          .kind(
              "sparse_categorical_crossentropy",
              SparseCategoricalCrossentropy.class,
              s -> new SparseCategoricalCrossentropy(fromLogits(s)))
          .kind(
              "categorical_crossentropy",
              CategoricalCrossentropy.class,
              s -> new CategoricalCrossentropy(fromLogits(s), labelSmoothing(s)))
          .kind(
              "binary_crossentropy",
              BinaryCrossentropy.class,
              s -> new BinaryCrossentropy(fromLogits(s), labelSmoothing(s)))
          .kind("mse", MeanSquaredError.class, s -> new MeanSquaredError())
          .kind("mean_squared_error", MeanSquaredError.class, s -> new MeanSquaredError())
          .kind("mae", MeanAbsoluteError.class, s -> new MeanAbsoluteError())
          .kind("mean_absolute_error", MeanAbsoluteError.class, s -> new MeanAbsoluteError())
          .kind(
              "huber",
              Huber.class,
              s -> s.has("delta") ? new Huber(s.getDouble("delta")) : new Huber());

  private Losses() {}

  private static boolean fromLogits(Settings settings) {
    return settings.has("from_logits") && settings.getBoolean("from_logits");
  }

  private static double labelSmoothing(Settings settings) {
    return settings.has("label_smoothing") ? settings.getDouble("label_smoothing") : 0;
  }

  /**
   * The loss of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Loss of(String name) {
    return REGISTRY.of(name);
  }

  /**
   * The loss to take of what a model's last activation was given, so that the two together are
   * {@code loss} of its results; null when there is none such.
   */
  public static Loss onLogits(Loss loss, Activation last) {
    return loss instanceof FromLogits undoing && undoing.activation() == last
        ? undoing.onLogits()
        : null;
  }
}
