package io.dendra.backend.cpu;

import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/**
 * Native memory aligned to cache lines, seen by native code as an address and by Java as a buffer.
 */
final class CpuBuffer implements Buffer {
  private static final long ALIGNMENT = 64;

  private final Pointer block;
  private final long address;
  private final long byteSize;
  private final TypedBuffers whole;

  private CpuBuffer(Pointer block, long byteSize, long alignment) {
    this.block = block;
    this.byteSize = byteSize;
    this.address = (block.address() + alignment - 1) & -alignment;
    this.whole = byteSize <= Integer.MAX_VALUE ? window(0) : null;
  }

  /** New memory, or null when there is none left. */
  static CpuBuffer allocate(long bytes) {
    boolean huge = HugePages.worth(bytes);
    long alignment = huge ? HugePages.SIZE : ALIGNMENT;
    Pointer block = Pointer.malloc(bytes + alignment);
    if (block == null || block.isNull()) {
      return null;
    }
    CpuBuffer buffer = new CpuBuffer(block, bytes, alignment);
    if (huge) {
      HugePages.request(buffer.address, bytes);
    }
    return buffer;
  }

  static CpuBuffer of(View view) {
    return (CpuBuffer) view.buffer();
  }

  void free() {
    Pointer.free(block);
  }

  @Override
  public long byteSize() {
    return byteSize;
  }

  /** The address of the view's first element. */
  static long address(View view) {
    return of(view).address + view.layout().offset() * view.dtype().byteSize();
  }

  /** The whole memory as Java buffers, null when it is too large for them. */
  TypedBuffers whole() {
    return whole;
  }

  /** Up to 2 GiB of the memory from some byte on. */
  TypedBuffers window(long start) {
    int length = (int) Math.min(Integer.MAX_VALUE, byteSize - start);
    ByteBuffer bytes =
        new RawAddress().at(address + start, length).asByteBuffer().order(ByteOrder.nativeOrder());
    return new TypedBuffers(bytes);
  }
}
