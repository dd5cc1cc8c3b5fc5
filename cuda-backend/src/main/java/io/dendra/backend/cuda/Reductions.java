package io.dendra.backend.cuda;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.function.Supplier;

/**
 * Kernels that take many elements to one. Every element is met in an order that depends on shapes
 * alone, so that two runs give the same bits.
 */
final class Reductions {
  private static final int TYPES = DType.values().length;

  /** More than any kernel gathers for one result: a number and its place. */
  private static final int GATHERED_BYTES = 16;

  private final CudaDevice device;
  private final int multiprocessors;
  private final KernelFamily reductions;
  private final KernelFamily places;

  private enum Entry {
    STRIDED,
    PACKED,
    FINISH
  }

  Reductions(CudaDevice device) {
    this.device = device;
    this.multiprocessors = device.driver().describe(device.index()).multiprocessors();
    this.reductions = family(ReduceOp.values().length);
    this.places = family(ArgReduceOp.values().length);
  }

  private KernelFamily family(int ops) {
    return new KernelFamily(device, 2 * ops * TYPES, Entry.values().length);
  }

  void reduce(ReduceOp op, View in, int[] axes, View out) {
    run(reductions, op, in, axes, out);
  }

  void argReduce(ArgReduceOp op, View in, int axis, View out) {
    run(places, op, in, new int[] {axis}, out);
  }

  private void run(KernelFamily family, Enum<?> op, View in, int[] axes, View out) {
    int[] others = Axes.others(in.layout().rank(), axes);
    Layout source = in.layout();
    Geometry kept = Geometry.of(source.permute(others), out.layout().permute(others));
    Geometry reduced = Geometry.of(source.permute(axes));
    if (kept.size() == 0) {
      return;
    }
    boolean narrow = Axes.isNarrow(source) && kept.isNarrow();
    int variant = 2 * (op.ordinal() * TYPES + in.dtype().ordinal()) + (narrow ? 0 : 1);
    String type = KernelSource.type(in.dtype());
    Supplier<KernelSource> unit =
        () ->
            KernelSource.of(
                "reduce", "T=" + type, "OP=" + op.name(), "I=" + (narrow ? "uint32" : "int64"));
    boolean packed = isPacked(in, kept, reduced);
    ReductionPlan plan = ReductionPlan.of(kept, reduced, packed, multiprocessors);
    synchronized (device) {
      Entry entry = packed ? Entry.PACKED : Entry.STRIDED;
      Kernel kernel = family.get(variant, entry.ordinal(), packed ? "packed" : "strided", unit);
      boolean sliced = plan.slices() > 1;
      long parts = sliced ? device.scratch(plan.slices() * kept.size() * GATHERED_BYTES) : 0;
      Arguments arguments = device.arguments().add(in);
      arguments = sliced ? arguments.add(parts) : arguments.add(out);
      arguments.add(plan.chunk()).add(plan.width());
      if (packed) {
        arguments.add(kept.words()).add(reduced.size());
      } else {
        arguments.add(plan.along() ? 1 : 0).add(kept.words()).add(reduced.words());
      }
      device.launch(kernel, plan.grid(kept.size()), Launch.BLOCK, 0);
      if (sliced) {
        int width = ReductionPlan.columns(kept.size());
        Kernel finish = family.get(variant, Entry.FINISH.ordinal(), "finish", unit);
        Arguments last = device.arguments().add(parts).add(out);
        last.add((long) plan.slices()).add(width).add(kept.words());
        long tiles = (kept.size() + width - 1) / width;
        device.launch(finish, Grid.of(Math.toIntExact(tiles)), Launch.BLOCK, 0);
      }
    }
  }

  /** Whether the elements of every result lie side by side, in packs that are aligned. */
  private static boolean isPacked(View in, Geometry kept, Geometry reduced) {
    if (reduced.rank() != 1 || reduced.stride(0, 0) != 1 || reduced.size() < Launch.PACK) {
      return false;
    }
    for (int i = 0; i < kept.rank(); i++) {
      if (kept.stride(0, i) % Launch.PACK != 0) {
        return false;
      }
    }
    return CudaBuffer.address(in) % ((long) Launch.PACK * in.dtype().byteSize()) == 0;
  }
}
