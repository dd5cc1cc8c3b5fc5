package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.distributions.Distribution;
import java.util.HashMap;
import java.util.Map;

/**
 * Draws the points of a scrambled Sobol sequence: spread more evenly than random ones, as far as
 * the first 256 parameters go. Best for powers of two of trials (A. B. Owen, "On dropping the first
 * Sobol' point", 2020).
 *
 * <p>The point is that of the trial's place, so a study goes on where it was, and workers share the
 * sequence. A parameter's dimension is its place among those that finished trials have; what no
 * finished trial has, such as all parameters of the first, is drawn at random.
 */
public final class SobolSampler implements Sampler {
  private final SearchSpaces spaces = new SearchSpaces();
  private final SobolSequence sequence = new SobolSequence();

  @Override
  public Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    return spaces.all(study);
  }

  @Override
  public Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> space) {
    RandomStream seeds = new RandomStream(context.key().fold("sobol"));
    Map<String, Double> point = new HashMap<>();
    int dimension = 0;
    for (Map.Entry<String, Distribution> parameter : space.entrySet()) {
      if (dimension == sequence.dimensions()) {
        break;
      }
      int bits = sequence.scrambledBits(context.place(), dimension++, seeds.nextInt());
      double unit = ((bits & 0xFFFFFFFFL) + context.random().nextDouble()) * 0x1.0p-32;
      point.put(parameter.getKey(), UnitInterval.fromUnit(parameter.getValue(), unit));
    }
    return point;
  }

  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    return RandomSampler.draw(context.random(), distribution);
  }
}
