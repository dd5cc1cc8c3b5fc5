package io.dendra.backend.reference;

import io.dendra.backend.BackendException;
import io.dendra.backend.Buffer;
import io.dendra.tensor.Device;

/** Memory of the reference backend: an array, let go when it is freed. */
final class HostBuffer implements Buffer {
  /** The longest array that common JVMs allow. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 8L;

  private final Device device;
  private final long byteSize;
  private volatile byte[] bytes;

  HostBuffer(Device device, byte[] bytes) {
    this.device = device;
    this.byteSize = bytes.length;
    this.bytes = bytes;
  }

  static byte[] bytesOf(Buffer buffer) {
    if (!(buffer instanceof HostBuffer host)) {
      throw new BackendException(
          "the reference backend reads its own buffers only, given " + buffer.getClass().getName());
    }
    byte[] bytes = host.bytes;
    if (bytes == null) {
      throw new BackendException("a buffer on " + host.device + " was used after it was freed");
    }
    return bytes;
  }

  static void free(Buffer buffer) {
    bytesOf(buffer);
    ((HostBuffer) buffer).bytes = null;
  }

  @Override
  public long byteSize() {
    return byteSize;
  }
}
