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
          ? place(range.low(), range.high(), range.step(), internal, 0)
          : continuousPlace(range.low(), range.high(), range.log(), internal);
    }
    if (distribution instanceof IntDistribution range) {
      double low = (double) range.low();
      double high = (double) range.high();
      return range.log()
          ? continuousPlace(low - 0.5, high + 0.5, true, internal)
          : place(low, high, (double) range.step(), internal, 0);
    }
    return (internal + 0.5) / ((CategoricalDistribution) distribution).choices().size();
  }

  /**
   * An end of the part that gives a value of a stepped distribution.
   *
   * @param side -0.5 for the lower end, 0.5 for the upper
   */
  static double edge(Distribution distribution, double internal, double side) {
    if (distribution instanceof FloatDistribution range) {
      return place(range.low(), range.high(), range.step(), internal, side);
    }
    IntDistribution range = (IntDistribution) distribution;
    double low = (double) range.low();
    double high = (double) range.high();
    return range.log()
        ? continuousPlace(low - 0.5, high + 0.5, true, internal + side)
        : place(low, high, (double) range.step(), internal, side);
  }

  /** Whether there are gaps between the values of a distribution of numbers. */
  static boolean isStepped(Distribution distribution) {
    return distribution instanceof IntDistribution
        || (distribution instanceof FloatDistribution range && range.step() > 0);
  }

  private static double continuous(double low, double high, boolean log, double unit) {
    double value;
    if (log) {
      double start = StrictMath.log(low);
      value = StrictMath.exp(start + unit * (StrictMath.log(high) - start));
    } else if (Double.isInfinite(high - low)) {
      value = low * (1 - unit) + high * unit;
    } else {
      value = low + unit * (high - low);
    }
    return Math.min(Math.max(value, low), high);
  }

  private static double continuousPlace(double low, double high, boolean log, double value) {
    if (log) {
      double start = StrictMath.log(low);
      double length = StrictMath.log(high) - start;
      // Neighbouring doubles can have the same logarithm.
      return length > 0 ? (StrictMath.log(value) - start) / length : 0.5;
    }
    // Halves, since the largest double minus the smallest is too much for a double.
    return (value * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5);
  }

  private static double stepped(double low, double high, double step, double unit) {
    double steps = Math.rint((high - low) / step);
    double place = Math.min(Math.floor(unit * (steps + 1)), steps);
    return Math.min(low + place * step, high);
  }

  private static double place(double low, double high, double step, double value, double side) {
    double steps = Math.rint((high - low) / step);
    return (Math.rint((value - low) / step) + 0.5 + side) / (steps + 1);
  }
}
