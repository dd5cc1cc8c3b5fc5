package io.dendra.backend.cuda;

import io.dendra.backend.CapturedWork;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.cuda.driver.Driver;

/** Work of a device as a CUDA graph, and the device memory that holds its variables. */
final class Capture implements CapturedWork {
  /** As many words as a chunk of staging memory takes. */
  static final int MOST_VARIABLES = 2048;

  private final CudaDevice device;
  private final ReplayVariables variables;
  private final long address;
  private Driver.Graph graph;

  Capture(CudaDevice device, ReplayVariables variables, long address) {
    this.device = device;
    this.variables = variables;
    this.address = address;
  }

  void captured(Driver.Graph work) {
    graph = work;
  }

  ReplayVariables variables() {
    return variables;
  }

  /** Where kernels read the variables from a slot on. */
  long address(int slot) {
    return address + (long) slot * Long.BYTES;
  }

  @Override
  public void replay() {
    long[] values = variables.values();
    device.enter();
    Driver driver = device.driver();
    long bytes = (long) values.length * Long.BYTES;
    if (values.length == 0) {
      synchronized (device) {
        driver.launch(graph, device.stream());
      }
      return;
    }
    Staging staging = device.staging(bytes);
    Staging.Chunk chunk = staging.acquire();
    boolean pending = false;
    try {
      chunk.memory().bytes().asLongBuffer().put(0, values);
      synchronized (device) {
        driver.copyToDevice(address, chunk.memory(), 0, bytes, device.stream());
        driver.record(chunk.event(), device.stream());
        pending = true;
        driver.launch(graph, device.stream());
      }
    } finally {
      staging.release(chunk, pending);
    }
  }

  @Override
  public void close() {
    if (device.driver().lostBy(device.index()) != null) {
      return;
    }
    device.synchronize();
    if (graph != null) {
      device.driver().destroy(graph);
    }
    device.driver().free(address);
  }
}
