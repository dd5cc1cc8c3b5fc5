package io.dendra.nn.activations;

import io.dendra.backend.CompareOp;
import io.dendra.ops.Elementwise;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/** {@code x} above 0 and {@code negativeSlope · x} below (A. Maas et al., 2013). */
record LeakyRelu(double negativeSlope) implements Activation, Configured {
  static final double SLOPE = 0.2;

  LeakyRelu {
    if (!(negativeSlope >= 0 && negativeSlope < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "leaky_relu needs a slope of at least 0, given " + negativeSlope);
    }
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("negative_slope", negativeSlope);
  }

  @Override
  public Tensor apply(Tensor x) {
    return sloped(x, x.mul(negativeSlope));
  }

  /** x where it is positive, else the other. */
  static Tensor sloped(Tensor x, Tensor below) {
    return Elementwise.where(Elementwise.compare(CompareOp.GT, x, 0), x, below);
  }
}
