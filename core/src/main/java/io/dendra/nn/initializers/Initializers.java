package io.dendra.nn.initializers;

import io.dendra.nn.initializers.VarianceScaling.Distribution;
import io.dendra.nn.initializers.VarianceScaling.Fan;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.serialization.Configured;
import io.dendra.serialization.Registry;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Map;

/** The initializers by name, as Keras has them. */
public final class Initializers {
  /** All 0. */
  public static final Initializer ZEROS =
      (key, shape, dtype, device) -> Tensor.full(shape, 0, dtype, device);

  /** All 1. */
  public static final Initializer ONES =
      (key, shape, dtype, device) -> Tensor.full(shape, 1, dtype, device);

  /** Uniform within {@code ±sqrt(6 / (fanIn + fanOut))} (X. Glorot and Y. Bengio, 2010). */
  public static final Initializer GLOROT_UNIFORM =
      new VarianceScaling(1, Fan.FAN_AVG, Distribution.UNIFORM);

  /** Normal, cut at two deviations, of variance {@code 2 / (fanIn + fanOut)}. */
  public static final Initializer GLOROT_NORMAL =
      new VarianceScaling(1, Fan.FAN_AVG, Distribution.TRUNCATED_NORMAL);

  /** Uniform within {@code ±sqrt(6 / fanIn)} (K. He et al., 2015). */
  public static final Initializer HE_UNIFORM =
      new VarianceScaling(2, Fan.FAN_IN, Distribution.UNIFORM);

  /** Normal, cut at two deviations, of variance {@code 2 / fanIn}. */
  public static final Initializer HE_NORMAL =
      new VarianceScaling(2, Fan.FAN_IN, Distribution.TRUNCATED_NORMAL);

  /** Uniform within {@code ±sqrt(3 / fanIn)} (Y. LeCun et al., 1998). */
  public static final Initializer LECUN_UNIFORM =
      new VarianceScaling(1, Fan.FAN_IN, Distribution.UNIFORM);

  /** Normal, cut at two deviations, of variance {@code 1 / fanIn}. */
  public static final Initializer LECUN_NORMAL =
      new VarianceScaling(1, Fan.FAN_IN, Distribution.TRUNCATED_NORMAL);

  /** Orthonormal rows or columns (A. Saxe et al., 2013). */
  public static final Initializer ORTHOGONAL = new Orthogonal(1);

  /** 1 on the diagonal of a matrix, 0 elsewhere. */
  public static final Initializer IDENTITY = new Identity(1);

  /** All of them, and those that users add. */
  public static final Registry<Initializer> REGISTRY =
      new Registry<Initializer>("initializer")
          .constant("zeros", ZEROS)
          .constant("ones", ONES)
          .kind("constant", Constant.class, s -> new Constant(s.getDouble("value", 0)))
          .kind(
              "random_normal",
              Normal.class,
              s -> new Normal(s.getDouble("mean", 0), s.getDouble("stddev", 0.05)))
          .kind(
              "random_uniform",
              Uniform.class,
              s -> new Uniform(s.getDouble("minval", -0.05), s.getDouble("maxval", 0.05)))
          .kind(
              "truncated_normal",
              TruncatedNormal.class,
              s -> new TruncatedNormal(s.getDouble("mean", 0), s.getDouble("stddev", 0.05)))
          .kind("variance_scaling", VarianceScaling.class, VarianceScaling::from)
          .constant("glorot_uniform", GLOROT_UNIFORM)
          .constant("glorot_normal", GLOROT_NORMAL)
          .constant("he_uniform", HE_UNIFORM)
          .constant("he_normal", HE_NORMAL)
          .constant("lecun_uniform", LECUN_UNIFORM)
          .constant("lecun_normal", LECUN_NORMAL)
          .kind("orthogonal", Orthogonal.class, s -> new Orthogonal(s.getDouble("gain", 1)))
          .kind("identity", Identity.class, s -> new Identity(s.getDouble("gain", 1)));

  private Initializers() {}

  /**
   * The initializer of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Initializer of(String name) {
    return REGISTRY.of(name);
  }

  /** All of one value. */
  public static Initializer constant(double value) {
    return new Constant(value);
  }

  /** Normal of a mean and a standard deviation. */
  public static Initializer randomNormal(double mean, double stddev) {
    return new Normal(mean, stddev);
  }

  /** Uniform from one number to another. */
  public static Initializer randomUniform(double minval, double maxval) {
    return new Uniform(minval, maxval);
  }

  /** Normal, drawn again where it lies more than two standard deviations from the mean. */
  public static Initializer truncatedNormal(double mean, double stddev) {
    return new TruncatedNormal(mean, stddev);
  }

  /**
   * Of variance {@code scale / n}.
   *
   * @param mode what n is: {@code "fan_in"}, {@code "fan_out"} or {@code "fan_avg"}
   * @param distribution {@code "truncated_normal"}, {@code "untruncated_normal"} or {@code
   *     "uniform"}
   */
  public static Initializer varianceScaling(double scale, String mode, String distribution) {
    return new VarianceScaling(
        scale,
        VarianceScaling.one(Fan.class, mode),
        VarianceScaling.one(Distribution.class, distribution));
  }

  /** Orthonormal rows or columns, times a gain. */
  public static Initializer orthogonal(double gain) {
    return new Orthogonal(gain);
  }

  private static void requireDeviation(double stddev) {
    if (!(stddev >= 0 && stddev < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a normal initializer needs a stddev of at least 0, given " + stddev);
    }
  }

  private record Constant(double value) implements Initializer, Configured {
    @Override
    public Map<String, Object> settings() {
      return Map.of("value", value);
    }

    @Override
    public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
      return Tensor.full(shape, value, dtype, device);
    }
  }

  private record Normal(double mean, double stddev) implements Initializer, Configured {
    Normal {
      requireDeviation(stddev);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("mean", mean, "stddev", stddev);
    }

    @Override
    public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
      return RandomOps.normal(key, shape, dtype, device).mul(stddev).add(mean);
    }
  }

  private record TruncatedNormal(double mean, double stddev) implements Initializer, Configured {
    TruncatedNormal {
      requireDeviation(stddev);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("mean", mean, "stddev", stddev);
    }

    @Override
    public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
      return RandomOps.truncatedNormal(key, shape, dtype, device).mul(stddev).add(mean);
    }
  }

  private record Uniform(double minval, double maxval) implements Initializer, Configured {
    Uniform {
      if (!(minval <= maxval)) {
        throw new IllegalArgumentException(
            "random_uniform needs minval <= maxval, given " + minval + " and " + maxval);
      }
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("minval", minval, "maxval", maxval);
    }

    @Override
    public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
      return RandomOps.uniform(key, shape, dtype, device).mul(maxval - minval).add(minval);
    }
  }

  private record Identity(double gain) implements Initializer, Configured {
    @Override
    public Map<String, Object> settings() {
      return Map.of("gain", gain);
    }

    @Override
    public Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device) {
      if (shape.rank() != 2) {
        throw new IllegalArgumentException(
            "identity gives weights of 2 dimensions, given shape " + shape);
      }
      int columns = Math.toIntExact(shape.dim(1));
      double[] values = new double[Math.toIntExact(shape.size())];
      for (int i = 0; i < Math.min(shape.dim(0), columns); i++) {
        values[i * columns + i] = gain;
      }
      return Tensor.of(NDArray.of(values, shape.dims()).as(dtype), device);
    }
  }
}
