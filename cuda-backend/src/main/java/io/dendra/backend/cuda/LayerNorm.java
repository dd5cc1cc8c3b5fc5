package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;

/**
 * Layer normalisation: a row per group of threads, which keeps it in registers between the passes.
 */
final class LayerNorm {
  private static final int MOST_EACH = 8;
  private static final int BLOCKS_PER_PROCESSOR = 2;

  /** {@code WIDTH} in {@code column_sums.cu}. */
  private static final int COLUMNS = 32;

  private static final int TYPES = DType.values().length;

  private final CudaDevice device;
  private final int blocks;
  private final KernelFamily family;
  private final KernelFamily sums;

  private enum Entry {
    FORWARD("forward"),
    BACKWARD("backward");

    private final String kernel;

    Entry(String kernel) {
      this.kernel = kernel;
    }
  }

  LayerNorm(CudaDevice device) {
    this.device = device;
    this.blocks = BLOCKS_PER_PROCESSOR * device.driver().describe(device.index()).multiprocessors();
    this.family = new KernelFamily(device, Rows.VARIANTS * TYPES, Entry.values().length);
    this.sums = new KernelFamily(device, TYPES, 1);
  }

  /** Null for rows that do not fit into the registers of a block. */
  FusedKernel kernel(double epsilon, View[] inputs) {
    View x = inputs[0];
    DType dtype = inputs[1].dtype();
    boolean fits =
        dtype == inputs[2].dtype() && (dtype == x.dtype() || dtype == x.dtype().accumulator());
    long length = x.shape().dim(1);
    if (!fits || length == 0 || !Rows.of(length, 1, MOST_EACH).fits()) {
      return null;
    }
    return new FusedKernel() {
      @Override
      public void forward(View[] in, View[] out) {
        normalise(epsilon, in[0], in[1], in[2], out[0]);
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] in, View[] out, View[] gradOut, View[] gradIn) {
        differentiate(epsilon, in[0], in[1], gradOut[0], gradIn);
      }
    };
  }

  private Kernel kernel(Rows plan, View x, View gamma, Entry entry) {
    return family.get(
        plan.variant(x.dtype()) * TYPES + gamma.dtype().ordinal(),
        entry.ordinal(),
        entry.kernel,
        () ->
            plan.source("layer_norm", x.dtype(), "PARAMETER=" + KernelSource.type(gamma.dtype())));
  }

  /** Neighbours are read at once where all rows and the vectors of parameters allow it. */
  private static Rows plan(View x, View[] rows, View... vectors) {
    long length = x.shape().dim(1);
    int vector = Rows.vector(length, x.dtype(), 1, rows);
    for (View operand : vectors) {
      if (vector > 1 && !Rows.isAligned(operand, 0, vector)) {
        vector = 1;
      }
    }
    return Rows.of(length, vector, Math.max(vector, MOST_EACH));
  }

  private static Arguments addRows(Arguments arguments, View rows) {
    return rows == null
        ? arguments.add(0L).add(0L).add(0L)
        : arguments.add(rows).add(rows.layout().stride(0)).add(rows.layout().stride(1));
  }

  private static Arguments addVector(Arguments arguments, View vector) {
    return vector == null
        ? arguments.add(0L).add(0L)
        : arguments.add(vector).add(vector.layout().stride(0));
  }

  private void normalise(double epsilon, View x, View gamma, View beta, View y) {
    long rows = x.shape().dim(0);
    if (rows == 0) {
      return;
    }
    Rows plan = plan(x, new View[] {x, y}, gamma, beta);
    synchronized (device) {
      Kernel kernel = kernel(plan, x, gamma, Entry.FORWARD);
      Arguments arguments = addRows(device.arguments(), x);
      addVector(addVector(arguments, gamma), beta);
      addRows(arguments, y).add(rows).add((int) x.shape().dim(1)).add(epsilon);
      device.launch(kernel, plan.grid(rows), plan.threads(), 0);
    }
  }

  private void differentiate(double epsilon, View x, View gamma, View g, View[] gradients) {
    View d = gradients[0];
    boolean ofParameters = gradients[1] != null || gradients[2] != null;
    long rows = x.shape().dim(0);
    int length = Math.toIntExact(x.shape().dim(1));
    Rows plan = plan(x, d == null ? new View[] {x, g} : new View[] {x, g, d}, gamma);
    synchronized (device) {
      Grid grid = rows == 0 ? Grid.of(0) : plan.grid(rows);
      long partial = 0;
      if (ofParameters) {
        grid = Grid.of(Math.min(blocks, grid.x()));
        long bytes = 2L * grid.x() * length * x.dtype().accumulator().byteSize();
        partial = device.scratch(Math.max(1, bytes));
      }
      if (rows > 0) {
        Kernel kernel = kernel(plan, x, gamma, Entry.BACKWARD);
        Arguments arguments = addVector(addRows(device.arguments(), x), gamma);
        addRows(addRows(arguments, g), d).add(partial).add(rows).add(length).add(epsilon);
        device.launch(kernel, grid, plan.threads(), 0);
      }
      if (ofParameters) {
        sum(partial, grid.x(), length, gamma.dtype(), gradients);
      }
    }
  }

  private void sum(long partial, int parts, int length, DType dtype, View[] gradients) {
    Kernel kernel =
        sums.get(
            dtype.ordinal(),
            0,
            "columns",
            () -> KernelSource.of("column_sums", "T=" + KernelSource.type(dtype)));
    Arguments arguments = device.arguments().add(partial).add(parts).add(length);
    addVector(addVector(arguments, gradients[1]), gradients[2]);
    device.launch(kernel, Grid.of((2 * length + COLUMNS - 1) / COLUMNS), Launch.BLOCK, 0);
  }
}
