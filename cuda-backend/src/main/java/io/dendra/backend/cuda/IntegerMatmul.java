package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;

/** Products of matrices of integers, which cuBLAS does not have. */
final class IntegerMatmul {
  /** What a block computes, as {@code integer_matmul.cu} has it. */
  private static final long TILE_ROWS = 64;

  private static final long TILE_COLUMNS = 16;
  private static final long MOST_ALONG_Y = 65535;

  private final CudaDevice device;
  private final KernelFamily kernels;

  IntegerMatmul(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, DType.values().length, 1);
  }

  void run(View a, View b, View out) {
    if (out.layout().size() == 0) {
      return;
    }
    int row = out.layout().rank() - 2;
    int column = row + 1;
    int[] batch = Axes.others(row + 2, row, column);
    Geometry matrices =
        Geometry.of(
            a.layout().permute(batch), b.layout().permute(batch), out.layout().permute(batch));
    long rows = out.shape().dim(row);
    long columns = out.shape().dim(column);
    long[] lengths = {
      rows,
      a.shape().dim(column),
      columns,
      a.layout().stride(row),
      a.layout().stride(column),
      b.layout().stride(row),
      b.layout().stride(column),
      out.layout().stride(row),
      out.layout().stride(column)
    };
    long tiles =
        ((rows + TILE_ROWS - 1) / TILE_ROWS) * ((columns + TILE_COLUMNS - 1) / TILE_COLUMNS);
    int along = (int) Math.min(matrices.size(), MOST_ALONG_Y);
    String type = KernelSource.type(out.dtype());
    synchronized (device) {
      Kernel kernel =
          kernels.get(
              out.dtype().ordinal(),
              0,
              "product",
              () -> KernelSource.of("integer_matmul", "T=" + type));
      device.arguments().add(a).add(b).add(out).add(lengths).add(matrices.words());
      device.launch(kernel, new Grid(Math.toIntExact(tiles), along, 1), Launch.BLOCK, 0);
    }
  }
}
