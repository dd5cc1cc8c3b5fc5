package io.dendra.sweep.importance;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.List;

/**
 * What values a parameter can take, as the forest sees it: numbers of an interval, on the scale on
 * which they were drawn, or choices.
 *
 * @param low the smallest number; of choices 0
 * @param high the largest number; of choices their number
 * @param log whether the scale is logarithmic
 * @param choices the number of choices, or 0 for numbers
 */
record Domain(double low, double high, boolean log, int choices) {
  /**
   * The domain of a parameter of several trials: its bounds may have moved in the course of the
   * study, so it is from the smallest to the largest, on the scale of the last.
   */
  static Domain of(List<ParameterValue> values) {
    Distribution last = values.get(values.size() - 1).distribution();
    if (last instanceof CategoricalDistribution categorical) {
      int choices = categorical.choices().size();
      return new Domain(0, choices, false, choices);
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (ParameterValue value : values) {
      low = Math.min(low, low(value.distribution()));
      high = Math.max(high, high(value.distribution()));
    }
    boolean log = low > 0 && isLog(last);
    return log
        ? new Domain(StrictMath.log(low), StrictMath.log(high), true, 0)
        : new Domain(low, high, false, 0);
  }

  private static double low(Distribution distribution) {
    return distribution instanceof FloatDistribution range
        ? range.low()
        : (double) ((IntDistribution) distribution).low();
  }

  private static double high(Distribution distribution) {
    return distribution instanceof FloatDistribution range
        ? range.high()
        : (double) ((IntDistribution) distribution).high();
  }

  private static boolean isLog(Distribution distribution) {
    return distribution instanceof FloatDistribution range
        ? range.log()
        : ((IntDistribution) distribution).log();
  }

  boolean isCategorical() {
    return choices > 0;
  }

  boolean isSingle() {
    return isCategorical() ? choices == 1 : low == high;
  }

  /** Where a value lies, given in the form of {@link Distribution#encode}. */
  double place(double internal) {
    return log ? StrictMath.log(internal) : internal;
  }
}
