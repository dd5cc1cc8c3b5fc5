package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;

/** The sum of squares of many tensors, up to 128 of them in one launch. */
final class Squares implements FusedKernel {
  /** {@code TENSORS} in {@code squares.cu}. */
  private static final int TENSORS = 128;

  /** {@code CHUNK} in {@code squares.cu}. */
  private static final int CHUNK = 4 * Launch.BLOCK * Launch.PACK;

  private final CudaDevice device;
  private final Copies copies;
  private final KernelFamily family;

  Squares(CudaDevice device, Copies copies) {
    this.device = device;
    this.copies = copies;
    this.family = new KernelFamily(device, DType.values().length, 1);
  }

  /** Null where an operand has gaps or another type. */
  FusedKernel kernel(View[] inputs) {
    for (View input : inputs) {
      if (input.dtype() != inputs[0].dtype() || !input.layout().isDense()) {
        return null;
      }
    }
    return this;
  }

  private static long blocks(View input) {
    return (input.layout().size() + CHUNK - 1) / CHUNK;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    long all = 0;
    for (View input : inputs) {
      all += blocks(input);
    }
    if (all == 0) {
      copies.fill(outputs[0], 0);
      return;
    }
    DType dtype = inputs[0].dtype();
    synchronized (device) {
      Kernel kernel =
          family.get(
              dtype.ordinal(),
              0,
              "squares",
              () -> KernelSource.of("squares", "T=" + KernelSource.type(dtype)));
      long partials = device.scratch(all * Double.BYTES);
      long counter = device.counters();
      long done = 0;
      for (int first = 0; first < inputs.length; first += TENSORS) {
        long[] table = new long[1 + 3 * TENSORS];
        long blocks = fill(table, inputs, first);
        if (blocks > 0) {
          Arguments arguments = device.arguments().add(table).add(partials).add(done).add(all);
          arguments.add(counter).add(outputs[0]);
          device.launch(kernel, Grid.of(Math.toIntExact(blocks)), Launch.BLOCK, 0);
          done += blocks;
        }
      }
    }
  }

  /** Writes the structure {@code Table}; returns the number of blocks. */
  private static long fill(long[] table, View[] inputs, int first) {
    int count = Math.min(TENSORS, inputs.length - first);
    table[0] = count;
    long blocks = 0;
    for (int i = 0; i < count; i++) {
      View input = inputs[first + i];
      table[1 + i] = CudaBuffer.address(input);
      table[1 + TENSORS + i] = input.layout().size();
      table[1 + 2 * TENSORS + i] = blocks;
      blocks += blocks(input);
    }
    return blocks;
  }
}
