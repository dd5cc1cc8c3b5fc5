package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.Map;

class CmaEsSamplerContractTest extends SamplerContract {
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    return new CmaEsSampler(o -> o.restart(CmaEsOptions.Restart.BIPOP));
  }

  @Override
  protected boolean takesSeveralObjectives() {
    return false;
  }
}
