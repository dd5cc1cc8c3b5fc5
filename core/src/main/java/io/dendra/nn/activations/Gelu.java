package io.dendra.nn.activations;

import io.dendra.ops.NN;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/** {@code x Φ(x)}, or its tanh approximation; see {@link NN#gelu}. */
record Gelu(boolean approximate) implements Activation, Configured {
  @Override
  public Map<String, Object> settings() {
    return Map.of("approximate", approximate);
  }

  @Override
  public Tensor apply(Tensor x) {
    return NN.gelu(x, approximate);
  }
}
