package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/** Memory for the length of one operation, its content undefined; from {@link ScratchCache}. */
final class Scratch implements AutoCloseable {
  private final CpuBuffer buffer;
  private final DType dtype;

  Scratch(DType dtype, long elements) {
    this.dtype = dtype;
    long bytes = Math.max(1, elements) * dtype.byteSize();
    this.buffer = ScratchCache.shared().take(bytes);
    if (buffer == null) {
      throw new BackendException("no memory for " + bytes + " bytes of scratch space");
    }
  }

  /** The memory under a row-major shape. */
  View view(long... dims) {
    return view(Shape.of(dims));
  }

  View view(Shape shape) {
    return view(Layout.contiguous(shape));
  }

  View view(Layout layout) {
    return new View(buffer, dtype, layout);
  }

  @Override
  public void close() {
    ScratchCache.shared().giveBack(buffer);
  }
}
