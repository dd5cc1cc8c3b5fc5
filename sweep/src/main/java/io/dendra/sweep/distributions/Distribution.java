package io.dendra.sweep.distributions;

/**
 * What values a parameter can take.
 *
 * <p>Values have two forms: the one users see (a number, a choice), and a single number by which
 * samplers and storages know it: the value itself, or the index of a choice.
 */
public sealed interface Distribution
    permits FloatDistribution, IntDistribution, CategoricalDistribution {
  /** The value that users see. */
  Object decode(double internal);

  /**
   * The number by which a value is known.
   *
   * @throws IllegalArgumentException when it is of another kind, or no choice
   */
  double encode(Object value);

  /** Whether the number stands for a value of this distribution. */
  boolean contains(double internal);

  /** Whether there is only one value. */
  boolean isSingle();

  /**
   * Whether a study may hold values of both for one parameter: bounds may move, kinds and choices
   * may not.
   */
  default boolean isCompatibleWith(Distribution other) {
    return getClass() == other.getClass();
  }
}
