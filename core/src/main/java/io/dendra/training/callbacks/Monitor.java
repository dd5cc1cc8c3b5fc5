package io.dendra.training.callbacks;

import java.util.Locale;
import java.util.Map;

/**
 * A value in the logs and which way is better.
 *
 * @param key such as {@code val_loss}
 * @param greaterIsBetter whether it should grow
 */
record Monitor(String key, boolean greaterIsBetter) {
  /** Greater is better for accuracies and the like, less for everything else, as in Keras. */
  static Monitor of(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    boolean greater =
        name.endsWith("acc")
            || name.contains("accuracy")
            || name.contains("auc")
            || name.contains("f1")
            || name.contains("precision")
            || name.contains("recall");
    return new Monitor(key, greater);
  }

  double read(Map<String, Double> logs) {
    Double value = logs.get(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no '"
              + key
              + "' to watch, only "
              + logs.keySet()
              + (key.startsWith("val_") ? ": pass validation data to fit" : ""));
    }
    return value;
  }

  double worst() {
    return greaterIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /** Whether a value is better than the best so far by more than {@code delta}. */
  boolean improves(double value, double best, double delta) {
    return greaterIsBetter ? value - delta > best : value + delta < best;
  }
}
