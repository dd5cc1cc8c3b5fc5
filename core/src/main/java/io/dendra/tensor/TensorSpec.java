package io.dendra.tensor;

/**
 * What a tensor is without its values.
 *
 * @param shape the lengths of its dimensions
 * @param dtype the type of its elements
 */
public record TensorSpec(Shape shape, DType dtype) {
  @Override
  public String toString() {
    return dtype.label() + shape;
  }
}
