package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.distributions.Distribution;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Draws the parameters of trials.
 *
 * <p>What it draws is a function of its settings and of what it is given: the snapshot, the trial's
 * number and the random stream. A sampler may remember what it has computed from a snapshot, but
 * not what it has drawn. So a seed and the recorded order of trials give the same parameters again.
 * It may be used by several threads at once.
 */
public interface Sampler {
  /** The parameters to be drawn together before the trial begins; empty to draw each on its own. */
  default Map<String, Distribution> relativeSearchSpace(StudySnapshot study) {
    return Map.of();
  }

  /**
   * Draws parameters together.
   *
   * @param space what {@link #relativeSearchSpace} gave, never empty
   * @return numbers in the form of {@link Distribution#encode}; those left out are drawn alone
   */
  default Map<String, Double> sampleRelative(
      SamplingContext context, Map<String, Distribution> space) {
    return Map.of();
  }

  /** How many trials it has parameters for; enqueued ones are not counted. No end by default. */
  default OptionalInt limit() {
    return OptionalInt.empty();
  }

  /** Draws one parameter that was not drawn together with others. */
  double sampleIndependent(SamplingContext context, String name, Distribution distribution);
}
