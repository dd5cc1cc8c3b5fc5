package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Map;

class IndependentTpeSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    return new TpeSampler(o -> o.multivariate(false).considerEndpoints(true));
  }
}
