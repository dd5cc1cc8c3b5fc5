package io.dendra.backend.plan;

import io.dendra.backend.Buffer;

/** Memory that recorded calls use, before it is known where it will be. */
final class PlannedBuffer implements Buffer {
  private final long bytes;

  PlannedBuffer(long bytes) {
    this.bytes = bytes;
  }

  @Override
  public long byteSize() {
    return bytes;
  }
}
