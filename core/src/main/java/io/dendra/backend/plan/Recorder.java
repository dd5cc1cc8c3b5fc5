package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.Buffer;
import io.dendra.backend.MemoryPool;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.Recording;
import io.dendra.backend.ReplayVariables;
import io.dendra.tensor.Device;
import java.util.ArrayList;
import java.util.List;

/** Notes the calls that a body of ops makes to a device, and the memory that it asks for. */
final class Recorder extends Recording {
  private final Device device;
  private final RecordingBackend backend;
  private final List<MemoryPool.Block> blocks = new ArrayList<>();

  Recorder(OpenDevice device, ReplayVariables numbers) {
    this.device = device.device();
    this.backend = new RecordingBackend(device.backend(), numbers);
  }

  /** The calls of a body, in its order. */
  List<Call> record(Runnable body) {
    during(body);
    return backend.calls();
  }

  /** The blocks that the body has left in use: its results. */
  List<MemoryPool.Block> left() {
    return blocks.stream().filter(block -> !block.isFreed()).toList();
  }

  @Override
  protected Device device() {
    return device;
  }

  @Override
  protected Backend backend() {
    return backend;
  }

  @Override
  protected Buffer allocate(long bytes) {
    return new PlannedBuffer(bytes);
  }

  @Override
  protected void allocated(MemoryPool.Block block) {
    blocks.add(block);
  }
}
