package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.function.Supplier;

/**
 * Sorts along an axis into scratch memory, as pairs of a key and the place it comes from: tiles in
 * shared memory, then runs in pairs. Where only the first few are wanted, runs are cut to them.
 */
final class Sorting {
  private static final int TYPES = DType.values().length;
  private static final int TILE = 2048;
  private static final int LEAST_TILE = 64;

  private final CudaDevice device;
  private final KernelFamily kernels;

  /** What decides the order. */
  enum Order {
    /** Values; the argument says whether the largest come first. */
    VALUES,
    /** Indices into an axis, whose length is the argument. */
    INDICES
  }

  private enum Entry {
    TILES,
    MERGE,
    EMIT
  }

  /**
   * Sorted entries in scratch memory.
   *
   * @param address where they lie
   * @param count the entries of each lane
   * @param bytes how much scratch lies from there on
   */
  record Sorted(long address, long count, long bytes) {}

  Sorting(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, 2 * TYPES, Entry.values().length);
  }

  private Kernel kernel(Entry entry, String name, Order order, DType dtype) {
    Supplier<KernelSource> source =
        () -> KernelSource.of("sort", "T=" + KernelSource.type(dtype), "ORDER=" + order.name());
    return kernels.get(order.ordinal() * TYPES + dtype.ordinal(), entry.ordinal(), name, source);
  }

  /** Bytes of an entry. */
  private static int entryBytes(Order order, DType dtype) {
    return order == Order.INDICES || dtype.byteSize() < Long.BYTES ? 8 : 16;
  }

  /**
   * Sorts lanes; the caller holds the device's monitor and gives the scratch back.
   *
   * @param lanes where each lane begins, in its first operand
   * @param along where the elements of a lane lie from there, in its first operand
   * @param wanted how many of each lane are asked for
   * @param argument what the order says
   * @param op who to name when an index is out of range
   */
  Sorted sort(
      Order order,
      View in,
      Geometry lanes,
      Geometry along,
      long wanted,
      long argument,
      IndexFaults.Op op) {
    long count = along.size();
    int tile = LEAST_TILE;
    while (tile < TILE && tile < count) {
      tile *= 2;
    }
    long tiles = (count + tile - 1) / tile;
    long run = Math.min(tile, wanted);
    long entries = (tiles - 1) * run + Math.min(count - (tiles - 1) * tile, run);
    int size = entryBytes(order, in.dtype());
    long half = (lanes.size() * entries * size + 255) / 256 * 256;
    long bytes = tiles > 1 ? 2 * half : half;
    long from = device.keepScratch(bytes);
    Arguments arguments = device.arguments().add(in).add(from).add(tile).add(run).add(argument);
    arguments.add(device.indexFaults().address()).add(op.ordinal());
    arguments.add(lanes.words(1)).add(along.words(1));
    device.launch(
        kernel(Entry.TILES, "tiles", order, in.dtype()),
        Grid.of(Math.toIntExact(lanes.size() * tiles)),
        Math.min(Launch.BLOCK, tile / 2),
        tile * size);
    long to = from + half;
    while (run < entries) {
      long merged = Math.min(wanted, 2 * run);
      long pairs = (entries + 2 * run - 1) / (2 * run);
      long left = (pairs - 1) * merged + Math.min(entries - (pairs - 1) * 2 * run, merged);
      Kernel merge = kernel(Entry.MERGE, "merge", order, in.dtype());
      arguments = device.arguments().add(from).add(to).add(lanes.size()).add(entries);
      arguments.add(run).add(merged).add(left);
      device.launch(merge, lanes.size() * entries);
      long read = from;
      from = to;
      to = read;
      run = merged;
      entries = left;
    }
    return new Sorted(from, entries, bytes);
  }

  /** The first along an axis, in order, and their places. */
  void topK(View in, int axis, boolean largest, View values, View indices) {
    long wanted = values.shape().dim(axis);
    if (values.layout().size() == 0) {
      return;
    }
    int[] others = Axes.others(in.layout().rank(), axis);
    Layout source = in.layout().permute(others);
    Geometry lanes =
        Geometry.of(source, values.layout().permute(others), indices.layout().permute(others));
    synchronized (device) {
      Sorted sorted =
          sort(
              Order.VALUES,
              in,
              lanes,
              Geometry.of(in.layout().permute(axis)),
              wanted,
              largest ? 1 : 0,
              IndexFaults.Op.GATHER);
      Arguments arguments = device.arguments().add(sorted.address()).add(in).add(values);
      arguments.add(indices).add(sorted.count()).add(wanted).add(in.layout().stride(axis));
      arguments.add(values.layout().stride(axis)).add(indices.layout().stride(axis));
      arguments.add(lanes.words());
      device.launch(kernel(Entry.EMIT, "emit", Order.VALUES, in.dtype()), lanes.size() * wanted);
      device.giveBack(sorted.bytes());
    }
  }
}
