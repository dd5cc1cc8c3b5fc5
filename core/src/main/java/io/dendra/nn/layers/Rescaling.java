package io.dendra.nn.layers;

import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.Map;

/**
 * {@code x · scale + offset}, in float32 also for whole numbers and 16-bit floats.
 *
 * <pre>{@code
 * new Rescaling(1 / 255.0)  // 0..255 to 0..1
 * new Rescaling(1 / 127.5, -1)  // 0..255 to -1..1
 * }</pre>
 */
public final class Rescaling extends Layer {
  private final double scale;
  private final double offset;

  /** Multiplies. */
  public Rescaling(double scale) {
    this(scale, 0);
  }

  /** Multiplies, then adds. */
  public Rescaling(double scale, double offset) {
    this.scale = scale;
    this.offset = offset;
  }

  static Rescaling from(Settings settings) {
    return new Rescaling(settings.getDouble("scale"), settings.getDouble("offset"));
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("scale", scale, "offset", offset);
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    DType result = x.dtype().isFloating() ? x.dtype() : context.computeType();
    Tensor scaled = x.cast(result.accumulator()).mul(scale);
    return (offset == 0 ? scaled : scaled.add(offset)).cast(result);
  }
}
