package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Map;

class NsgaIiSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    return new NsgaIiSampler(o -> o.population(10).simulatedBinary(2));
  }
}
