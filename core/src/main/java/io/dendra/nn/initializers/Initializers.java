package io.dendra.nn.initializers;

import io.dendra.ops.RandomOps;
import io.dendra.serialization.Registry;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

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
      (key, shape, dtype, device) -> {
        double limit = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
        return RandomOps.uniform(key, shape, dtype, device).mul(2 * limit).sub(limit);
      };

  /** All of them, and those that users add. */
  public static final Registry<Initializer> REGISTRY =
      new Registry<Initializer>("initializer")
          .constant("zeros", ZEROS)
          .constant("ones", ONES)
          .constant("glorot_uniform", GLOROT_UNIFORM);

  private Initializers() {}

  private static double fanIn(Shape shape) {
    return shape.rank() < 2 ? Math.max(1, shape.size()) : shape.size() / (double) shape.dim(-1);
  }

  private static double fanOut(Shape shape) {
    return shape.rank() < 2 ? Math.max(1, shape.size()) : shape.size() / (double) shape.dim(-2);
  }
}
