package io.dendra.tck;

import io.dendra.backend.Backend;
import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/** A buffer that knows whose it is and whether it has been freed. */
final class AssertingBuffer implements Buffer {
  private final AssertingBackend owner;
  private final Buffer delegate;
  private volatile boolean freed;

  AssertingBuffer(AssertingBackend owner, Buffer delegate) {
    this.owner = owner;
    this.delegate = delegate;
  }

  static AssertingBuffer of(View view) {
    return (AssertingBuffer) view.buffer();
  }

  AssertingBackend owner() {
    return owner;
  }

  Buffer delegate() {
    return delegate;
  }

  boolean isFreed() {
    return freed;
  }

  synchronized void free() {
    if (freed) {
      throw new AssertionError("a buffer of " + byteSize() + " bytes is freed twice");
    }
    freed = true;
  }

  /** All its bytes. */
  byte[] bytes(Backend backend) {
    byte[] bytes = new byte[Math.toIntExact(byteSize())];
    View whole = new View(delegate, DType.BOOL, Layout.contiguous(Shape.of(bytes.length)));
    backend.toHost(whole, bytes, 0);
    return bytes;
  }

  @Override
  public long byteSize() {
    return delegate.byteSize();
  }
}
