package io.dendra.sweep.pbt;

import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;

/**
 * Moves a parameter a little: numbers are multiplied by a factor, of choices a neighbour is taken.
 */
record Exploration(double up, double down) {
  /** A neighbour of a value, both in the form of {@link Distribution#encode}. */
  double neighbour(Distribution distribution, double value, RandomStream random) {
    boolean grows = random.nextInt(2) == 0;
    double moved = value * (grows ? up : down);
    if (distribution instanceof FloatDistribution range) {
      double snapped =
          range.step() > 0
              ? range.low() + Math.rint((moved - range.low()) / range.step()) * range.step()
              : moved;
      return within(range.low(), range.high(), snapped);
    }
    if (distribution instanceof IntDistribution range) {
      double low = (double) range.low();
      double step = (double) range.step();
      double snapped = low + Math.rint((moved - low) / step) * step;
      // Of small numbers a fifth is nothing.
      double other = snapped == value ? value + (grows ? step : -step) : snapped;
      return within(low, (double) range.high(), other);
    }
    int last = ((CategoricalDistribution) distribution).choices().size() - 1;
    return within(0, last, value + (grows ? 1 : -1));
  }

  private static double within(double low, double high, double value) {
    return Math.min(Math.max(value, low), high);
  }
}
