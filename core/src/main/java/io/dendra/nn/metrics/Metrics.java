package io.dendra.nn.metrics;

import io.dendra.serialization.Registry;
import io.dendra.serialization.Settings;
import java.util.function.Function;
import java.util.function.Supplier;

/** The metrics by name, as Keras has them. A name gives a new metric each time. */
public final class Metrics {
  /** The setting of a metric's own key in logs and the history. */
  static final String KEY = "key";

  /** All of them, and those that users add. */
  public static final Registry<Metric> REGISTRY =
      new Registry<Metric>("metric")
          .kind("acc", Accuracy.class, keyed("acc", Accuracy::new))
          .kind("accuracy", Accuracy.class, keyed("accuracy", Accuracy::new))
          .kind(
              "binary_accuracy",
              BinaryAccuracy.class,
              keyed(
                  "binary_accuracy",
                  s ->
                      s.has("threshold")
                          ? new BinaryAccuracy(s.getDouble("threshold"))
                          : new BinaryAccuracy()))
          .kind(
              "categorical_accuracy",
              CategoricalAccuracy.class,
              keyed("categorical_accuracy", CategoricalAccuracy::new))
          .kind(
              "sparse_categorical_accuracy",
              SparseCategoricalAccuracy.class,
              keyed("sparse_categorical_accuracy", SparseCategoricalAccuracy::new))
          .kind("mae", MeanAbsoluteError.class, keyed("mae", MeanAbsoluteError::new))
          .kind(
              "mean_absolute_error",
              MeanAbsoluteError.class,
              keyed("mean_absolute_error", MeanAbsoluteError::new))
          .kind("mse", MeanSquaredError.class, keyed("mse", MeanSquaredError::new))
          .kind(
              "mean_squared_error",
              MeanSquaredError.class,
              keyed("mean_squared_error", MeanSquaredError::new));

  private Metrics() {}

  private static <M extends MeanMetric> Function<Settings, M> keyed(
      String name, Supplier<M> maker) {
    return keyed(name, settings -> maker.get());
  }

  /** A metric asked for by a name has that name in the history. */
  private static <M extends MeanMetric> Function<Settings, M> keyed(
      String name, Function<Settings, M> maker) {
    return settings -> {
      M metric = maker.apply(settings);
      metric.named(settings.has(KEY) ? settings.getString(KEY) : name);
      return metric;
    };
  }

  /**
   * A new metric of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Metric of(String name) {
    return REGISTRY.of(name);
  }
}
