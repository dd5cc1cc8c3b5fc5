package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.HostMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** JCuda's pointers from and to plain addresses. */
final class Pointers {
  private static final CUdeviceptr NULL = new CUdeviceptr();

  private Pointers() {}

  /** A device pointer that reads its address back. */
  static final class Allocation extends CUdeviceptr {
    long address() {
      return getNativePointer() + getByteOffset();
    }
  }

  /** A host pointer that reads its address back. */
  static final class HostAllocation extends Pointer {
    long address() {
      return getNativePointer() + getByteOffset();
    }
  }

  static CUdeviceptr device(long address) {
    return NULL.withByteOffset(address);
  }

  static Pointer host(HostMemory memory) {
    return (Pointer) memory.handle();
  }

  static Pointer host(HostMemory memory, long offset) {
    return offset == 0 ? host(memory) : host(memory).withByteOffset(offset);
  }

  /** Memory for scalars that libraries read during a call. */
  static ByteBuffer scalars(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
