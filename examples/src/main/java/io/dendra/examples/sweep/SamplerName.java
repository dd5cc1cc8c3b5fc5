package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.sweep.samplers.Sampler;

/** The samplers by their names on the command line. */
enum SamplerName {
  RANDOM("random") {
    @Override
    Sampler create() {
      return new RandomSampler();
    }
  };

  private final String option;

  SamplerName(String option) {
    this.option = option;
  }

  abstract Sampler create();

  @Override
  public String toString() {
    return option;
  }

  /** Reads the name. */
  static final class ByName extends Choice<SamplerName> {
    ByName() {
      super("sampler", values());
    }
  }
}
