package io.dendra.benchmarks;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/** Operands: noise that is the same in every run. */
final class Samples {
  private Samples() {}

  /** Floats spread evenly over [-1, 1). */
  static NDArray floats(String name, long... shape) {
    RandomStream random = new RandomStream(RandomKey.of(0).fold(name));
    float[] values = new float[(int) Shape.of(shape).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.uniform(-1, 1);
    }
    return NDArray.of(values, shape);
  }

  /** Whole numbers from 0 to before the bound. */
  static NDArray indices(String name, int bound, int count) {
    RandomStream random = new RandomStream(RandomKey.of(0).fold(name));
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(bound);
    }
    return NDArray.of(values, count);
  }

  /** {@link #floats} on the default device. */
  static Tensor tensor(String name, long... shape) {
    return Tensor.of(floats(name, shape));
  }
}
