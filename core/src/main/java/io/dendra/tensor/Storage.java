package io.dendra.tensor;

import io.dendra.backend.MemoryPool;
import io.dendra.backend.OpenDevice;
import java.util.concurrent.atomic.AtomicInteger;

/** A block of device memory and the number of its owners: tensor handles and graph nodes. */
final class Storage {
  private final OpenDevice device;
  private final MemoryPool.Block block;
  private final AtomicInteger owners = new AtomicInteger(1);
  private volatile int version;

  Storage(OpenDevice device, long bytes, String op, String scope) {
    this.device = device;
    this.block = device.memory().allocate(bytes, op, scope);
  }

  OpenDevice device() {
    return device;
  }

  MemoryPool.Block block() {
    return block;
  }

  void retain() {
    owners.incrementAndGet();
  }

  void release() {
    if (owners.decrementAndGet() == 0) {
      device.memory().free(block);
    }
  }

  /** Counts writes in place, so that a graph that saved the old values can tell. */
  int version() {
    return version;
  }

  @SuppressWarnings(
      "NonAtomicVolatileUpdate") // Writes in place are not concurrent with each other.
  void written() {
    version++;
  }
}
