package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.examples.cli.Failure;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.sweep.samplers.Sampler;
import java.util.Locale;

/** The samplers by their names on the command line. */
enum SamplerName {
  RANDOM {
    @Override
    Sampler create(SweepSettings settings) {
      return new RandomSampler();
    }
  };

  abstract Sampler create(SweepSettings settings);

  /** What is taken when none is named. */
  static SamplerName standard(boolean severalObjectives) {
    return RANDOM;
  }

  /** That of a name that a study stored. */
  static SamplerName of(String stored) {
    for (SamplerName name : values()) {
      if (name.toString().equals(stored)) {
        return name;
      }
    }
    throw new Failure(
        "the study was begun with sampler '" + stored + "', which this version lacks");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the name. */
  static final class ByName extends Choice<SamplerName> {
    ByName() {
      super("sampler", values());
    }
  }
}
