package io.dendra.nn.layers;

import io.dendra.ops.NN;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * In training, sets elements to zero with probability {@code rate} and divides the others by {@code
 * 1 - rate} (N. Srivastava et al., Dropout, 2014); else gives its input.
 */
public final class Dropout extends Layer {
  private final double rate;

  /** A layer that drops the given part of its input, at least 0 and below 1. */
  public Dropout(double rate) {
    this.rate = Require.rate("Dropout", rate);
  }

  static Dropout from(Settings settings) {
    return new Dropout(settings.getDouble("rate"));
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("rate", rate);
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    return context.isTraining() && rate > 0 ? NN.dropout(x, rate, context.nextKey()) : x;
  }
}
