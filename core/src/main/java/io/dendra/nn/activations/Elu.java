package io.dendra.nn.activations;

import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/** {@code x} above 0 and {@code alpha (exp(x) - 1)} below (D. Clevert et al., 2015). */
record Elu(double alpha) implements Activation, Configured {
  Elu {
    if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("elu needs an alpha of at least 0, given " + alpha);
    }
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("alpha", alpha);
  }

  @Override
  public Tensor apply(Tensor x) {
    // Cut at 0 first: the exponential of a large x would be infinite, and its gradient NaN.
    Tensor below = Elementwise.unary(UnaryOp.EXPM1, Elementwise.minimum(x, 0)).mul(alpha);
    return LeakyRelu.sloped(x, below);
  }
}
