package io.dendra.nn.initializers;

import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/** The first values of a weight; a lambda will do. */
@FunctionalInterface
public interface Initializer {
  /**
   * Draws values.
   *
   * @param key of this weight alone
   */
  Tensor initialize(RandomKey key, Shape shape, DType dtype, Device device);
}
