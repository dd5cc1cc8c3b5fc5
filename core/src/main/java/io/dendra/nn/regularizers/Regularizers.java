package io.dendra.nn.regularizers;

import io.dendra.serialization.Configured;
import io.dendra.serialization.Registry;
import io.dendra.tensor.Tensor;
import java.util.Map;

/** The regularizers by name, as Keras has them. */
public final class Regularizers {
  /** All of them, and those that users add. */
  public static final Registry<Regularizer> REGISTRY =
      new Registry<Regularizer>("regularizer")
          .kind(
              "l1",
              L1L2.class,
              settings -> new L1L2(settings.has("l1") ? settings.getDouble("l1") : 0.01, 0))
          .kind(
              "l2",
              L1L2.class,
              settings -> new L1L2(0, settings.has("l2") ? settings.getDouble("l2") : 0.01))
          .kind(
              "l1_l2",
              L1L2.class,
              settings ->
                  new L1L2(
                      settings.has("l1") ? settings.getDouble("l1") : 0.01,
                      settings.has("l2") ? settings.getDouble("l2") : 0.01));

  private Regularizers() {}

  /** {@code factor} times the sum of absolute values. */
  public static Regularizer l1(double factor) {
    return new L1L2(factor, 0);
  }

  /** {@code factor} times the sum of squares. */
  public static Regularizer l2(double factor) {
    return new L1L2(0, factor);
  }

  /** The sum of {@link #l1} and {@link #l2}. */
  public static Regularizer l1l2(double l1, double l2) {
    return new L1L2(l1, l2);
  }

  /** The regularizer of a description, null for null. */
  public static Regularizer from(Object description) {
    return description == null ? null : REGISTRY.of(description);
  }

  /** The description of a regularizer, null for null. */
  public static Object describe(Regularizer regularizer) {
    return regularizer == null ? null : REGISTRY.describe(regularizer);
  }

  private record L1L2(double l1, double l2) implements Regularizer, Configured {
    @Override
    public Map<String, Object> settings() {
      return Map.of("l1", l1, "l2", l2);
    }

    @Override
    public Tensor penalty(Tensor weight) {
      if (l1 == 0) {
        return weight.square().sum().mul(l2);
      }
      Tensor first = weight.abs().sum().mul(l1);
      return l2 == 0 ? first : first.add(weight.square().sum().mul(l2));
    }
  }
}
