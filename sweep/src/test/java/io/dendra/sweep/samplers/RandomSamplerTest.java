package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Map;

class RandomSamplerTest extends SamplerContract {
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    return new RandomSampler();
  }
}
