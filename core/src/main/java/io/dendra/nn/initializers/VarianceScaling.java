package io.dendra.nn.initializers;

import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.serialization.Configured;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Values whose variance is {@code scale / n}, n being the number of inputs of a unit, of its
 * outputs, or their mean.
 *
 * @param scale the numerator of the variance
 * @param fan what n is
 * @param distribution what is drawn from
 */
record VarianceScaling(double scale, Fan fan, Distribution distribution)
    implements Initializer, Configured {
  /** The standard deviation of a standard normal distribution cut at 2. */
  private static final double CUT_DEVIATION = 0.8796256610342398;

  enum Fan {
    FAN_IN,
    FAN_OUT,
    FAN_AVG
  }

  enum Distribution {
    TRUNCATED_NORMAL,
    UNTRUNCATED_NORMAL,
    UNIFORM
  }

  VarianceScaling {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("variance_scaling needs a scale above 0, given " + scale);
    }
  }

  static VarianceScaling from(Settings settings) {
    return new VarianceScaling(
        settings.getDouble("scale", 1),
        settings.has("mode") ? one(Fan.class, settings.getString("mode")) : Fan.FAN_IN,
        settings.has("distribution")
            ? one(Distribution.class, settings.getString("distribution"))
            : Distribution.TRUNCATED_NORMAL);
  }

  static <E extends Enum<E>> E one(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name.toUpperCase(Locale.ROOT))) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "variance_scaling knows "
            + java.util.Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
            + ", given '"
            + name
            + "'");
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("scale", scale);
    settings.put("mode", fan.name().toLowerCase(Locale.ROOT));
    settings.put("distribution", distribution.name().toLowerCase(Locale.ROOT));
    return settings;
  }

  @Override
  public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
    double n =
        switch (fan) {
          case FAN_IN -> fanIn(shape);
          case FAN_OUT -> fanOut(shape);
          case FAN_AVG -> (fanIn(shape) + fanOut(shape)) / 2;
        };
    double variance = scale / Math.max(1, n);
    double deviation = Math.sqrt(variance);
    return switch (distribution) {
      case TRUNCATED_NORMAL ->
          RandomOps.truncatedNormal(key, shape, dtype, device).mul(deviation / CUT_DEVIATION);
      case UNTRUNCATED_NORMAL -> RandomOps.normal(key, shape, dtype, device).mul(deviation);
      case UNIFORM -> {
        double limit = Math.sqrt(3 * variance);
        yield RandomOps.uniform(key, shape, dtype, device).mul(2 * limit).sub(limit);
      }
    };
  }

  /** Of {@code [..., in, out]}, where what is before belongs to a convolution's window. */
  static double fanIn(Shape shape) {
    return shape.rank() < 2 ? Math.max(1, shape.size()) : shape.size() / (double) shape.dim(-1);
  }

  static double fanOut(Shape shape) {
    return shape.rank() < 2 ? Math.max(1, shape.size()) : shape.size() / (double) shape.dim(-2);
  }
}
