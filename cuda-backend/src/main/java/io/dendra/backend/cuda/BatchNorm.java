package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Batch normalisation in two launches for each pass: sums over each channel, and what they make of
 * the elements.
 */
final class BatchNorm {
  private static final int BLOCKS_PER_PROCESSOR = 4;
  private static final int LEAST_SUMMED = 8;
  private static final int LEAST_WRITTEN = 2;
  private static final long ALIGNMENT = 256;

  private final CudaDevice device;
  private final Copies copies;
  private final int blocks;
  private final KernelFamily family;

  private enum Entry {
    STATISTICS,
    NORMALISE,
    PRODUCTS,
    DIFFERENTIATE
  }

  BatchNorm(CudaDevice device, Copies copies) {
    this.device = device;
    this.copies = copies;
    this.blocks = BLOCKS_PER_PROCESSOR * device.driver().describe(device.index()).multiprocessors();
    this.family = new KernelFamily(device, ChannelPlan.VARIANTS, Entry.values().length);
  }

  /** Null where x has gaps or no elements, or has very many channels. */
  FusedKernel kernel(double epsilon, View[] inputs) {
    View x = inputs[0];
    DType dtype = inputs[1].dtype();
    boolean fits =
        dtype == inputs[2].dtype() && (dtype == x.dtype() || dtype == x.dtype().accumulator());
    if (!fits
        || x.layout().size() == 0
        || !x.layout().isDense()
        || x.shape().dim(1) > CudaDevice.COUNTERS) {
      return null;
    }
    return new FusedKernel() {
      @Override
      public void forward(View[] in, View[] out) {
        synchronized (device) {
          try (Ordered ordered = new Ordered(in[0])) {
            normalise(epsilon, in, ordered.out(out[0]), out[1], out[2]);
            ordered.finish();
          }
        }
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] in, View[] out, View[] gradOut, View[] gradIn) {
        synchronized (device) {
          try (Ordered ordered = new Ordered(in[0])) {
            View g = ordered.in(gradOut[0]);
            View d = ordered.out(gradIn[0]);
            differentiate(epsilon, in, out, new View[] {g, gradOut[1], gradOut[2]}, d, gradIn);
            ordered.finish();
          }
        }
      }
    };
  }

  /** Operands in the memory order of x, copied through scratch where they have another one. */
  private final class Ordered implements AutoCloseable {
    private record Pending(View from, View to) {}

    private final View model;
    private final List<Pending> pending = new ArrayList<>();
    private long kept;

    Ordered(View model) {
      this.model = model;
    }

    private View copy(View view) {
      long bytes = model.layout().size() * model.dtype().byteSize();
      long padded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      CudaBuffer buffer = new CudaBuffer(device, device.keepScratch(padded), padded);
      kept += padded;
      Layout layout = model.layout();
      return new View(buffer, view.dtype(), Layout.of(layout.shape(), layout.strides(), 0));
    }

    View in(View view) {
      if (view == null || view.layout().sameOrder(model.layout())) {
        return view;
      }
      View ordered = copy(view);
      copies.copy(view, ordered);
      return ordered;
    }

    View out(View view) {
      if (view == null || view.layout().sameOrder(model.layout())) {
        return view;
      }
      View ordered = copy(view);
      pending.add(new Pending(ordered, view));
      return ordered;
    }

    void finish() {
      pending.forEach(copy -> copies.copy(copy.from(), copy.to()));
    }

    @Override
    public void close() {
      device.giveBack(kept);
    }
  }

  private Kernel kernel(ChannelPlan plan, View x, View gamma, Entry entry) {
    return family.get(
        plan.variant(x.dtype(), gamma.dtype()),
        entry.ordinal(),
        entry.name().toLowerCase(Locale.ROOT),
        () -> plan.source(x.dtype(), gamma.dtype()));
  }

  private static Arguments addVector(Arguments arguments, View vector) {
    return vector == null
        ? arguments.add(0L).add(0L)
        : arguments.add(vector).add(vector.layout().stride(0));
  }

  /**
   * Scratch for a table of so many rows and behind it for what each block of the grid leaves, so
   * many numbers for each channel.
   */
  private long table(ChannelPlan plan, View x, Grid grid, int rows, int numbers) {
    long size = x.dtype().accumulator().byteSize();
    long partials = (long) grid.x() * grid.y() * plan.columns() * numbers * plan.lanes();
    return device.scratch(tableBytes(plan, x, rows) + partials * size);
  }

  private static long tableBytes(ChannelPlan plan, View x, int rows) {
    long bytes = rows * plan.channels() * x.dtype().accumulator().byteSize();
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void normalise(double epsilon, View[] in, View y, View mean, View variance) {
    View x = in[0];
    View gamma = in[1];
    ChannelPlan plan = ChannelPlan.of(x, y);
    Grid grid = plan.grid(blocks, LEAST_SUMMED);
    long table = table(plan, x, grid, 3, 3);
    Kernel statistics = kernel(plan, x, gamma, Entry.STATISTICS);
    Arguments arguments = device.arguments().add(x).add(plan.words());
    addVector(addVector(arguments, gamma), in[2]).add(epsilon);
    arguments.add(table + tableBytes(plan, x, 3)).add(device.counters()).add(table);
    addVector(addVector(arguments, mean), variance);
    device.launch(statistics, grid, Launch.BLOCK, 0);
    Kernel normalise = kernel(plan, x, gamma, Entry.NORMALISE);
    device.arguments().add(x).add(plan.words()).add(table).add(y);
    device.launch(normalise, plan.grid(2 * blocks, LEAST_WRITTEN), Launch.BLOCK, 0);
  }

  private void differentiate(
      double epsilon, View[] in, View[] out, View[] gradients, View d, View[] gradIn) {
    View x = in[0];
    View gamma = in[1];
    View g = gradients[0];
    List<View> elements = new ArrayList<>(List.of(x));
    if (g != null) {
      elements.add(g);
    }
    if (d != null) {
      elements.add(d);
    }
    ChannelPlan plan = ChannelPlan.of(elements.toArray(new View[0]));
    Grid grid = plan.grid(blocks, LEAST_SUMMED);
    long table = table(plan, x, grid, 4, 3);
    Kernel products = kernel(plan, x, gamma, Entry.PRODUCTS);
    Arguments arguments = device.arguments().add(x).add(g).add(plan.words());
    addVector(addVector(addVector(arguments, gamma), out[1]), out[2]);
    addVector(addVector(arguments, gradients[1]), gradients[2]).add(epsilon);
    arguments.add(table + tableBytes(plan, x, 4)).add(device.counters()).add(table);
    addVector(addVector(arguments, gradIn[1]), gradIn[2]);
    device.launch(products, grid, Launch.BLOCK, 0);
    if (d != null) {
      Kernel differentiate = kernel(plan, x, gamma, Entry.DIFFERENTIATE);
      device.arguments().add(x).add(g).add(plan.words()).add(table).add(d);
      device.launch(differentiate, plan.grid(2 * blocks, LEAST_WRITTEN), Launch.BLOCK, 0);
    }
  }
}
