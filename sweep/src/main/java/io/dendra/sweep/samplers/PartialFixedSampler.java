package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.distributions.Distribution;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives some parameters fixed values and leaves the others to another sampler. */
public final class PartialFixedSampler implements Sampler {
  private final Map<String, Object> fixed;
  private final Sampler others;

  /**
   * A sampler.
   *
   * @param fixed values as users see them, by the parameters' names
   * @param others draws the parameters that are not fixed
   */
  public PartialFixedSampler(Map<String, ?> fixed, Sampler others) {
    this.fixed = Collections.unmodifiableMap(new LinkedHashMap<>(fixed));
    this.others = others;
  }

  @Override
  public Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    return free(others.relativeSearchSpace(study));
  }

  @Override
  public Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> space) {
    return others.sampleRelative(context, space);
  }

  /**
   * Gives the fixed value, if there is one.
   *
   * @throws IllegalArgumentException when it is no value of the distribution
   */
  @Override
  public double sampleIndependent(SamplingContext context, String name, Distribution distribution) {
    if (!fixed.containsKey(name)) {
      return others.sampleIndependent(context, name, distribution);
    }
    double value = distribution.encode(fixed.get(name));
    if (!distribution.contains(value)) {
      throw new IllegalArgumentException(
          "parameter '"
              + name
              + "' is fixed to "
              + fixed.get(name)
              + ", which is not in "
              + distribution);
    }
    return value;
  }

  private Map<String, Distribution> free(Map<String, Distribution> space) {
    Map<String, Distribution> free = new LinkedHashMap<>(space);
    free.keySet().removeAll(fixed.keySet());
    return free;
  }
}
