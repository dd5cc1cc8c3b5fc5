package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Moves data between Java arrays and the device through page-locked chunks. Uploads return as soon
 * as the array has been read; the device takes the data in the order of its work.
 */
final class Transfers {
  private final CudaDevice device;
  private final Driver driver;

  Transfers(CudaDevice device) {
    this.device = device;
    this.driver = device.driver();
  }

  void fromHost(Object array, int start, View out) {
    device.requireNoCapture("copying values from the host");
    device.enter();
    int size = out.dtype().byteSize();
    long total = out.layout().size();
    long target = CudaBuffer.address(out);
    Staging staging = device.staging(total * size);
    int most = staging.chunkBytes() / size;
    for (long done = 0; done < total; ) {
      int n = (int) Math.min(most, total - done);
      Staging.Chunk chunk = staging.acquire();
      boolean pending = false;
      try {
        put(array, Math.toIntExact(start + done), n, out.dtype(), chunk.memory().bytes());
        synchronized (device) {
          driver.copyToDevice(
              target + done * size, chunk.memory(), 0, (long) n * size, device.stream());
          driver.record(chunk.event(), device.stream());
        }
        pending = true;
      } finally {
        staging.release(chunk, pending);
      }
      done += n;
    }
  }

  void toHost(View in, Object array, int start) {
    device.requireNoCapture("reading values");
    device.enter();
    int size = in.dtype().byteSize();
    long total = in.layout().size();
    long source = CudaBuffer.address(in);
    Staging staging = device.staging(total * size);
    int most = staging.chunkBytes() / size;
    for (long done = 0; done < total; ) {
      int n = (int) Math.min(most, total - done);
      Staging.Chunk chunk = staging.acquire();
      try {
        synchronized (device) {
          driver.copyToHost(
              chunk.memory(), 0, source + done * size, (long) n * size, device.stream());
          driver.record(chunk.event(), device.stream());
        }
        driver.synchronize(chunk.event());
        get(chunk.memory().bytes(), in.dtype(), array, Math.toIntExact(start + done), n);
      } finally {
        staging.release(chunk, false);
      }
      done += n;
    }
    device.indexFaults().check();
  }

  private static void put(Object array, int start, int n, DType dtype, ByteBuffer to) {
    ByteBuffer bytes = to.duplicate().order(ByteOrder.nativeOrder()).clear();
    switch (dtype) {
      case FLOAT32 -> bytes.asFloatBuffer().put((float[]) array, start, n);
      case FLOAT64 -> bytes.asDoubleBuffer().put((double[]) array, start, n);
      case INT32 -> bytes.asIntBuffer().put((int[]) array, start, n);
      case INT64 -> bytes.asLongBuffer().put((long[]) array, start, n);
      case BOOL -> bytes.put((byte[]) array, start, n);
      case FLOAT16, BFLOAT16 -> bytes.asShortBuffer().put((short[]) array, start, n);
    }
  }

  private static void get(ByteBuffer from, DType dtype, Object array, int start, int n) {
    ByteBuffer bytes = from.duplicate().order(ByteOrder.nativeOrder()).clear();
    switch (dtype) {
      case FLOAT32 -> bytes.asFloatBuffer().get((float[]) array, start, n);
      case FLOAT64 -> bytes.asDoubleBuffer().get((double[]) array, start, n);
      case INT32 -> bytes.asIntBuffer().get((int[]) array, start, n);
      case INT64 -> bytes.asLongBuffer().get((long[]) array, start, n);
      case BOOL -> bytes.get((byte[]) array, start, n);
      case FLOAT16, BFLOAT16 -> bytes.asShortBuffer().get((short[]) array, start, n);
    }
  }
}
