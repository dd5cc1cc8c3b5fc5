package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.HostMemory;
import io.dendra.tensor.Layout;
import java.nio.ByteBuffer;

/**
 * The arguments of the next launch, in a block of host memory that the driver reads: first the
 * address of each argument, then their values. One block serves all launches of a device, since the
 * driver copies it during the call.
 */
final class Arguments {
  static final int BYTES = 4096;
  private static final int SLOTS = 32;
  private static final int VALUES = SLOTS * Long.BYTES;

  private final HostMemory memory;
  private final ByteBuffer bytes;
  private int count;
  private int end;

  Arguments(HostMemory memory) {
    this.memory = memory;
    this.bytes = memory.bytes();
  }

  HostMemory memory() {
    return memory;
  }

  /** Forgets the arguments of the launch before. */
  Arguments begin() {
    count = 0;
    end = VALUES;
    return this;
  }

  /** Opens a place for a value of some bytes, aligned to 8. */
  private int place(int size) {
    int at = end;
    bytes.putLong(count++ * Long.BYTES, memory.address() + at);
    end = at + (size + 7) / 8 * 8;
    return at;
  }

  /** The address of a view's first element; 0 for null. */
  Arguments add(View view) {
    return add(view == null ? 0 : CudaBuffer.address(view));
  }

  /** An address or a 64-bit integer. */
  Arguments add(long value) {
    bytes.putLong(place(Long.BYTES), value);
    return this;
  }

  Arguments add(int value) {
    bytes.putInt(place(Integer.BYTES), value);
    return this;
  }

  Arguments add(float value) {
    bytes.putFloat(place(Float.BYTES), value);
    return this;
  }

  Arguments add(double value) {
    bytes.putDouble(place(Double.BYTES), value);
    return this;
  }

  /** A matrix: its address and the strides of its two dimensions; zeros for null. */
  Arguments addMatrix(View matrix) {
    Layout layout = matrix == null ? null : matrix.layout();
    return add(matrix)
        .add(layout == null ? new long[2] : new long[] {layout.stride(0), layout.stride(1)});
  }

  /** A structure of 64-bit integers. */
  Arguments add(long[] values) {
    int at = place(values.length * Long.BYTES);
    for (int i = 0; i < values.length; i++) {
      bytes.putLong(at + i * Long.BYTES, values[i]);
    }
    return this;
  }

  /** A structure of 32-bit integers. */
  Arguments add(int[] values) {
    int at = place(values.length * Integer.BYTES);
    for (int i = 0; i < values.length; i++) {
      bytes.putInt(at + i * Integer.BYTES, values[i]);
    }
    return this;
  }
}
