package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.function.Supplier;

/**
 * Running sums along an axis: a thread for each lane where lanes are short or many, else a block
 * for each, or several when few lanes are long.
 */
final class Scans {
  private static final int TYPES = DType.values().length;
  private static final int SHORT_LANE = 32;

  /** The least elements of a lane that a block has when lanes are cut. */
  private static final long CHUNK = 8192;

  private final CudaDevice device;
  private final int multiprocessors;
  private final KernelFamily kernels;

  private enum Entry {
    BY_THREAD,
    TOTALS,
    BY_BLOCK
  }

  Scans(CudaDevice device) {
    this.device = device;
    this.multiprocessors = device.driver().describe(device.index()).multiprocessors();
    this.kernels = new KernelFamily(device, TYPES, Entry.values().length);
  }

  void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    if (out.layout().size() == 0) {
      return;
    }
    Layout from = in.layout();
    Layout to = out.layout();
    int[] others = Axes.others(from.rank(), axis);
    Geometry lanes = Geometry.of(from.permute(others), to.permute(others));
    long count = from.shape().dim(axis);
    long[] lane = {count, from.stride(axis), to.stride(axis), exclusive ? 1 : 0, reverse ? 1 : 0};
    long chunks = chunks(lanes.size(), count);
    long chunk = (count + chunks - 1) / chunks;
    chunks = (count + chunk - 1) / chunk;
    synchronized (device) {
      if (count <= SHORT_LANE || lanes.size() >= multiprocessors * 1024L) {
        device.arguments().add(in).add(out).add(lane).add(lanes.words());
        device.launch(kernel(Entry.BY_THREAD, "by_thread", in), lanes.size());
        return;
      }
      Grid grid = Grid.of(Math.toIntExact(lanes.size() * chunks));
      long sums = 0;
      if (chunks > 1) {
        sums = device.scratch(lanes.size() * chunks * Long.BYTES);
        Arguments arguments = device.arguments().add(in).add(sums).add(chunks).add(chunk);
        arguments.add(lane).add(lanes.words());
        device.launch(kernel(Entry.TOTALS, "totals", in), grid, Launch.BLOCK, 0);
      }
      Arguments arguments = device.arguments().add(in).add(out).add(sums).add(chunks).add(chunk);
      arguments.add(lane).add(lanes.words());
      device.launch(kernel(Entry.BY_BLOCK, "by_block", in), grid, Launch.BLOCK, 0);
    }
  }

  /** How many blocks share a lane. */
  private long chunks(long lanes, long count) {
    long wanted = (2L * multiprocessors + lanes - 1) / lanes;
    return Math.max(1, Math.min(wanted, count / CHUNK));
  }

  private Kernel kernel(Entry entry, String name, View in) {
    Supplier<KernelSource> source =
        () -> KernelSource.of("scan", "T=" + KernelSource.type(in.dtype()));
    return kernels.get(in.dtype().ordinal(), entry.ordinal(), name, source);
  }
}
