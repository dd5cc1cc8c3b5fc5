package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Map;

class TpeSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    return new TpeSampler();
  }
}
