package io.dendra.nn.activations;

import io.dendra.nn.layers.CallContext;
import io.dendra.ops.RandomOps;
import io.dendra.serialization.Configured;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * {@code x} above 0 and {@code slope · x} below, the slope of each element drawn anew in training
 * and the mean of its range else (B. Xu et al., Empirical Evaluation of Rectified Activations,
 * 2015).
 */
record RRelu(double lower, double upper) implements Activation, Configured {
  static final double LOWER = 1.0 / 8;
  static final double UPPER = 1.0 / 3;

  RRelu {
    if (!(lower >= 0 && upper >= lower && upper < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "rrelu needs slopes 0 <= lower <= upper, given " + lower + " and " + upper);
    }
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("lower", lower, "upper", upper);
  }

  @Override
  public Tensor apply(Tensor x) {
    return LeakyRelu.sloped(x, x.mul((lower + upper) / 2));
  }

  @Override
  public Tensor apply(Tensor x, CallContext context) {
    if (!context.isTraining()) {
      return apply(x);
    }
    Tensor draw = RandomOps.uniform(context.nextKey(), x.shape(), x.dtype(), x.device());
    return LeakyRelu.sloped(x, x.mul(draw.mul(upper - lower).add(lower)));
  }
}
