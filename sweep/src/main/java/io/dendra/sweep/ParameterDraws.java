package io.dendra.sweep;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.samplers.SamplingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws the parameters of one trial: those given beforehand, those drawn together, the others. */
final class ParameterDraws {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterDraws.class);

  private final Sampler sampler;
  private final RandomKey key;
  private final TrialRecord start;
  private final Seen seen;
  private final BiConsumer<String, Object> attributes;
  private final Map<String, Distribution> relativeSpace;
  private final Map<String, Double> relative;

  /**
   * What a trial is drawn by.
   *
   * @param study as the trial saw it
   * @param place of the trial among those that were not enqueued
   */
  record Seen(StudySnapshot study, int place) {}

  ParameterDraws(
      Sampler sampler,
      long seed,
      TrialRecord start,
      Seen seen,
      BiConsumer<String, Object> attributes) {
    this.sampler = sampler;
    this.key = RandomKey.of(seed).fold("sampler");
    this.start = start;
    this.seen = seen;
    this.attributes = attributes;
    this.relativeSpace = sampler.relativeSearchSpace(seen.study());
    this.relative =
        relativeSpace.isEmpty()
            ? Map.of()
            : new HashMap<>(
                sampler.sampleRelative(context(key.fold(start.number())), relativeSpace));
  }

  /** A value in the form of {@link Distribution#encode}. */
  double draw(String name, Distribution distribution) {
    Map<?, ?> given = given(start);
    if (given.containsKey(name)) {
      double internal = distribution.encode(given.get(name));
      if (distribution.contains(internal)) {
        return internal;
      }
      LOG.warn(
          "trial {}: enqueued value {} of '{}' lies outside {}, so another is drawn",
          start.number(),
          given.get(name),
          name,
          distribution);
    }
    Double together = relative.get(name);
    if (together != null
        && distribution.isCompatibleWith(relativeSpace.get(name))
        && distribution.contains(together)) {
      return together;
    }
    RandomKey own = key.fold(start.number()).fold(name);
    return sampler.sampleIndependent(context(own), name, distribution);
  }

  /** The parameters that a trial was enqueued with; none for others. */
  static Map<?, ?> given(TrialRecord trial) {
    return trial.systemAttributes().get(StudyTrial.FIXED) instanceof Map<?, ?> map ? map : Map.of();
  }

  private SamplingContext context(RandomKey stream) {
    return new SamplingContext(
        seen.study(), start.number(), seen.place(), key, new RandomStream(stream), attributes);
  }
}
