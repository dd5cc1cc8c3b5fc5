package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Adding at places that a tensor of indices names. No two threads add to one element at a time, and
 * which comes first is fixed: two runs give the same bits.
 */
final class Scattering {
  private static final int TYPES = DType.values().length;

  /** The updates of one index that a thread adds up; {@code MANY} in {@code scatter.cu}. */
  private static final int MANY = 64;

  /** Lanes up to this length have a thread each. */
  private static final int SHORT_LANE = 32;

  private static final int FEW_LANES = 8;
  private static final int LONG_LANE = 4096;

  private final CudaDevice device;
  private final Sorting sorting;
  private final KernelFamily sums;
  private final KernelFamily puts;

  private enum Sum {
    FEW,
    MANY
  }

  private enum Put {
    BY_THREAD,
    BY_BLOCK,
    SETTLE
  }

  Scattering(CudaDevice device, Sorting sorting) {
    this.device = device;
    this.sorting = sorting;
    this.sums = new KernelFamily(device, 2 * TYPES, Sum.values().length);
    this.puts = new KernelFamily(device, TYPES, Put.values().length);
  }

  // ---- the same indices for all lanes

  void scatterAdd(View indices, View updates, int axis, View out) {
    synchronized (device) {
      clear(CudaBuffer.address(out), out.layout().size() * out.dtype().byteSize());
      add(IndexFaults.Op.SCATTER_ADD, indices, updates, axis, out);
    }
  }

  /** Sorts the indices, so that the updates of each are a range. */
  private void add(IndexFaults.Op op, View indices, View updates, int axis, View out) {
    if (updates.layout().size() == 0) {
      return;
    }
    int rank = updates.layout().rank();
    int[] indexed = IntStream.range(axis, axis + indices.layout().rank()).toArray();
    Geometry along = Geometry.of(indices.layout(), updates.layout().permute(indexed));
    Geometry slices =
        Geometry.of(
            updates.layout().permute(Axes.others(rank, indexed)),
            out.layout().permute(Axes.others(out.layout().rank(), axis)));
    long length = out.shape().dim(axis);
    boolean narrow = Axes.isNarrow(updates.layout()) && Axes.isNarrow(out.layout());
    Geometry single = Geometry.of(Layout.contiguous(Shape.scalar()));
    Sorting.Sorted sorted =
        sorting.sort(Sorting.Order.INDICES, indices, single, along, along.size(), length, op);
    Arguments arguments = device.arguments().add(sorted.address()).add(updates).add(out);
    arguments.add(length).add(out.layout().stride(axis)).add(along.words()).add(slices.words());
    device.launch(sum(Sum.FEW, "few", out, narrow), along.size() * slices.size());
    if (along.size() > MANY) {
      int width = ReductionPlan.columns(slices.size());
      long looks = (along.size() + MANY - 1) / MANY;
      long tiles = (slices.size() + width - 1) / width;
      arguments = device.arguments().add(sorted.address()).add(updates).add(out).add(length);
      arguments.add(out.layout().stride(axis)).add(width).add(along.words()).add(slices.words());
      Grid grid = Grid.of(Math.toIntExact(looks * tiles));
      device.launch(sum(Sum.MANY, "many", out, narrow), grid, Launch.BLOCK, 0);
    }
    device.giveBack(sorted.bytes());
  }

  private Kernel sum(Sum entry, String name, View out, boolean narrow) {
    Supplier<KernelSource> source =
        () ->
            KernelSource.of(
                "scatter",
                "T=" + KernelSource.type(out.dtype()),
                "I=" + (narrow ? "uint32" : "int64"));
    int variant = 2 * out.dtype().ordinal() + (narrow ? 0 : 1);
    return sums.get(variant, entry.ordinal(), name, source);
  }

  // ---- indices of its own for each lane

  void putAlongAdd(View indices, View updates, int axis, View out) {
    int rank = updates.layout().rank();
    int[] others = Axes.others(rank, axis);
    Geometry lanes =
        Geometry.of(
            indices.layout().permute(others),
            updates.layout().permute(others),
            out.layout().permute(others));
    long count = updates.shape().dim(axis);
    long bytes = out.layout().size() * out.dtype().byteSize();
    synchronized (device) {
      if (updates.layout().size() == 0) {
        clear(CudaBuffer.address(out), bytes);
      } else if (lanes.size() <= FEW_LANES && count >= LONG_LANE) {
        clear(CudaBuffer.address(out), bytes);
        for (int lane = 0; lane < lanes.size(); lane++) {
          View own = lane(indices, lanes, 0, lane, axis);
          View added = lane(updates, lanes, 1, lane, axis);
          View to = lane(out, lanes, 2, lane, axis);
          add(IndexFaults.Op.PUT_ALONG_ADD, own, added, 0, to);
        }
      } else if (out.dtype().byteSize() < Float.BYTES) {
        long size = out.layout().size();
        long scratch = device.scratch(size * Float.BYTES);
        clear(scratch, size * Float.BYTES);
        put(indices, updates, axis, lanes, out, scratch);
        device.arguments().add(scratch).add(out).add(size);
        device.launch(put(Put.SETTLE, "settle", out), size);
      } else {
        clear(CudaBuffer.address(out), bytes);
        put(indices, updates, axis, lanes, out, CudaBuffer.address(out));
      }
    }
  }

  private void put(View indices, View updates, int axis, Geometry lanes, View out, long address) {
    long count = updates.shape().dim(axis);
    long[] lane = {
      count,
      out.shape().dim(axis),
      indices.layout().stride(axis),
      updates.layout().stride(axis),
      out.layout().stride(axis)
    };
    boolean byThread = count <= SHORT_LANE;
    Kernel kernel =
        byThread ? put(Put.BY_THREAD, "by_thread", out) : put(Put.BY_BLOCK, "by_block", out);
    Arguments arguments = device.arguments().add(indices).add(updates).add(address);
    arguments.add(device.indexFaults().address()).add(IndexFaults.Op.PUT_ALONG_ADD.ordinal());
    arguments.add(lane).add(lanes.words());
    if (byThread) {
      device.launch(kernel, lanes.size());
    } else {
      device.launch(kernel, Grid.of(Math.toIntExact(lanes.size())), Launch.BLOCK, 0);
    }
  }

  private Kernel put(Put entry, String name, View out) {
    String type = KernelSource.type(out.dtype());
    return puts.get(
        out.dtype().ordinal(), entry.ordinal(), name, () -> KernelSource.of("put", "T=" + type));
  }

  /** One lane of an operand as a vector. */
  private static View lane(View view, Geometry lanes, int operand, int number, int axis) {
    long at = view.layout().offset();
    long rest = number;
    for (int i = lanes.rank() - 1; i >= 0; i--) {
      at += rest % lanes.dim(i) * lanes.stride(operand, i);
      rest /= lanes.dim(i);
    }
    long[] step = {view.layout().stride(axis)};
    return view.with(Layout.of(Shape.of(view.shape().dim(axis)), step, at));
  }

  private void clear(long address, long bytes) {
    if (bytes > 0) {
      device.enter();
      device.driver().fill(address, (byte) 0, bytes, device.stream());
    }
  }
}
