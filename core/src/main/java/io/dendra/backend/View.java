package io.dendra.backend;

import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * An operand of a kernel: memory, how to read its elements, and where they lie.
 *
 * @param buffer the memory
 * @param dtype the type of each element; the buffer is seen as an array of it
 * @param layout shape, strides and offset, in elements; a broadcast dimension has stride 0
 */
public record View(Buffer buffer, DType dtype, Layout layout) {
  /** The logical shape. */
  public Shape shape() {
    return layout.shape();
  }

  /** The same memory under another layout. */
  public View with(Layout other) {
    return new View(buffer, dtype, other);
  }
}
