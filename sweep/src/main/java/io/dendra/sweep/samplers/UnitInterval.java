package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;

/** Maps distributions to the numbers from 0 to 1, so that equal lengths are equally likely. */
final class UnitInterval {
  private UnitInterval() {}

  /**
   * The value at a place, in the form of {@link Distribution#encode}.
   *
   * @param unit from 0 to 1
   */
  static double fromUnit(Distribution distribution, double unit) {
    if (distribution instanceof FloatDistribution range) {
      return range.step() > 0
          ? stepped(range.low(), range.high(), range.step(), unit)
          : continuous(range.low(), range.high(), range.log(), unit);
    }
    if (distribution instanceof IntDistribution range) {
      double low = (double) range.low();
      double high = (double) range.high();
      if (!range.log()) {
        return stepped(low, high, (double) range.step(), unit);
      }
      double exact = continuous(low - 0.5, high + 0.5, true, unit);
      return Math.min(Math.max(Math.rint(exact), low), high);
    }
    int choices = ((CategoricalDistribution) distribution).choices().size();
    return Math.min((int) (unit * choices), choices - 1);
  }

  /** Where a value lies: in the middle of the part that gives it. The inverse of the above. */
  static double toUnit(Distribution distribution, double internal) {
    if (distribution.isSingle()) {
      return 0.5;
    }
    if (distribution instanceof FloatDistribution range) {
      return range.step() > 0
          ? place(range.low(), range.high(), range.step(), internal)
          : continuousPlace(range.low(), range.high(), range.log(), internal);
    }
    if (distribution instanceof IntDistribution range) {
      double low = (double) range.low();
      double high = (double) range.high();
      return range.log()
          ? continuousPlace(low - 0.5, high + 0.5, true, internal)
          : place(low, high, (double) range.step(), internal);
    }
    return (internal + 0.5) / ((CategoricalDistribution) distribution).choices().size();
  }

  private static double continuous(double low, double high, boolean log, double unit) {
    double value =
        log
            ? StrictMath.exp(
                StrictMath.log(low) + unit * (StrictMath.log(high) - StrictMath.log(low)))
            : low + unit * (high - low);
    return Math.min(Math.max(value, low), high);
  }

  private static double continuousPlace(double low, double high, boolean log, double value) {
    return log
        ? (StrictMath.log(value) - StrictMath.log(low))
            / (StrictMath.log(high) - StrictMath.log(low))
        : (value - low) / (high - low);
  }

  private static double stepped(double low, double high, double step, double unit) {
    double steps = Math.rint((high - low) / step);
    double place = Math.min(Math.floor(unit * (steps + 1)), steps);
    return Math.min(low + place * step, high);
  }

  private static double place(double low, double high, double step, double value) {
    double steps = Math.rint((high - low) / step);
    return (Math.rint((value - low) / step) + 0.5) / (steps + 1);
  }
}
