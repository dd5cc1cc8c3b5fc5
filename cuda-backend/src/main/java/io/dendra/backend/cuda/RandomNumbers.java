package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.RandomOp;
import io.dendra.backend.View;

/** The Philox stream of a key, a block of it for each thread. */
final class RandomNumbers {
  private static final KernelSource SOURCE = KernelSource.of("random");

  private final CudaDevice device;
  private final KernelFamily kernels;

  private enum Entry {
    BITS("bits", 4),
    FLOATS("floats", 4),
    DOUBLES("doubles", 2);

    private final String kernel;
    private final int numbers;

    Entry(String kernel, int numbers) {
      this.kernel = kernel;
      this.numbers = numbers;
    }
  }

  RandomNumbers(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, 1, Entry.values().length);
  }

  void random(RandomOp op, long key, long counter, View out) {
    long size = out.layout().size();
    if (size == 0) {
      return;
    }
    Entry entry = entry(op, out);
    synchronized (device) {
      Kernel kernel = kernels.get(0, entry.ordinal(), entry.kernel, () -> SOURCE);
      Arguments arguments = device.arguments().add(out).add(size);
      arguments.add(device.variables(key, counter)).add(key).add(counter);
      device.launch(kernel, (size + entry.numbers - 1) / entry.numbers);
    }
  }

  private static Entry entry(RandomOp op, View out) {
    return switch (op) {
      case BITS -> Entry.BITS;
      case UNIFORM ->
          switch (out.dtype()) {
            case FLOAT32 -> Entry.FLOATS;
            case FLOAT64 -> Entry.DOUBLES;
            case INT32, INT64, BOOL, FLOAT16, BFLOAT16 ->
                throw new BackendException(
                    "uniform numbers are float32 or float64, given " + out.dtype().label());
          };
    };
  }
}
