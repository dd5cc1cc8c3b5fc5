package io.dendra.models;

import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;

/** Where data come into a functional model. */
public final class Input {
  private Input() {}

  /** A float32 input of samples of the given shape, without the batch size. */
  public static SymbolicTensor of(long... sampleShape) {
    return of(Shape.of(sampleShape), DType.FLOAT32, null);
  }

  /** An input of samples of a type, such as int32 class numbers. */
  public static SymbolicTensor of(DType dtype, long... sampleShape) {
    return of(Shape.of(sampleShape), dtype, null);
  }

  /** An input with a name. */
  public static SymbolicTensor of(Shape sampleShape, DType dtype, String name) {
    return new SymbolicTensor(
        new TensorSpec(sampleShape.prepend(Shape.UNKNOWN), dtype), null, 0, name);
  }
}
