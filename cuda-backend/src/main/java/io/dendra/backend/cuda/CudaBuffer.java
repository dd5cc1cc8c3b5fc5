package io.dendra.backend.cuda;

import io.dendra.backend.Buffer;
import io.dendra.backend.View;

/** Memory of a device. */
record CudaBuffer(CudaDevice device, long address, long byteSize) implements Buffer {
  /** Where a view's first element lies. */
  static long address(View view) {
    return ((CudaBuffer) view.buffer()).address + view.layout().offset() * view.dtype().byteSize();
  }
}
