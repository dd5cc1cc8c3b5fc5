package io.dendra.backend;

import io.dendra.tensor.Device;

/**
 * A device in use: its backend and its memory.
 *
 * @param device which one
 * @param backend its kernels
 * @param memory its pool
 */
public record OpenDevice(Device device, Backend backend, MemoryPool memory) {
  /** Its kernels, or what notes the calls of this thread in their place. */
  @Override
  public Backend backend() {
    Recording recording = Recording.current();
    if (recording == null) {
      return backend;
    }
    recording.require(device);
    return recording.backend();
  }
}
