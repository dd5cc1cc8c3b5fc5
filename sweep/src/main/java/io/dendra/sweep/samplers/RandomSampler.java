package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.Distribution;

/** Draws each parameter by itself, all values equally likely on its scale. */
public final class RandomSampler implements Sampler {
  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    return draw(context.random(), distribution);
  }

  /** A value of a distribution, in the form of {@link Distribution#encode}. */
  static double draw(RandomStream random, Distribution distribution) {
    return UnitInterval.fromUnit(distribution, random.nextDouble());
  }
}
