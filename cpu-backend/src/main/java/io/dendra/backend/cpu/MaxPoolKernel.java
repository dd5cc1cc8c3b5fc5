package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * Maximum pooling of float32 without a record of the places: the backward pass finds them again,
 * which costs less than writing and reading int64 places.
 */
final class MaxPoolKernel implements FusedKernel {
  /** With fewer channels, moving them by rows costs more than it gives. */
  private static final int FEWEST_CHANNELS = 4;

  private final CpuPool pool;
  private final Copies copies;
  private final Pooling pooling;
  private final PoolSpec spec;

  MaxPoolKernel(CpuPool pool, Copies copies, Pooling pooling, PoolSpec spec) {
    this.pool = pool;
    this.copies = copies;
    this.pooling = pooling;
    this.spec = spec;
  }

  private static boolean byRows(View x, View y) {
    return x.shape().dim(1) >= FEWEST_CHANNELS && Channels.areLast(x) && Channels.areLast(y);
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    View x = inputs[0];
    View y = outputs[0];
    if (!byRows(x, y)) {
      pooling.maxPool(spec, x, y);
      return;
    }
    PoolGrid grid = new PoolGrid(spec, x.layout(), y.layout());
    Cells from = Cells.of(x);
    Cells to = Cells.of(y);
    int channels = (int) x.shape().dim(1);
    pool.ranges(
        x.shape().dim(0),
        work(x),
        (first, end) -> {
          try (MaxPoolRows rows = new MaxPoolRows(grid, channels, false)) {
            for (long n = first; n < end; n++) {
              int in = (int) (from.base + n * x.layout().stride(0));
              int out = (int) (to.base + n * y.layout().stride(0));
              rows.forward(from.floats(), in, to.floats(), out);
            }
          }
        });
  }

  private static long work(View x) {
    return x.layout().size() / Math.max(1, x.shape().dim(0));
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      View dx = gradInputs[0];
      View x =
          inputs[0].layout().sameOrder(dx.layout()) ? inputs[0] : inOrder(staging, inputs[0], dx);
      View y = outputs[0];
      View g = gradOutputs[0];
      g = g.layout().sameOrder(y.layout()) ? g : inOrder(staging, g, y);
      if (byRows(x, y)) {
        rows(x, y, g, dx);
      } else {
        pooling.maxPoolGrad(spec, x, g, dx, 0, x.shape().dim(0));
      }
    }
  }

  /** A copy of a view in the memory order of a dense other. */
  private View inOrder(Staging staging, View view, View model) {
    Layout layout = Layout.inOrderOf(model.layout(), view.shape());
    View ordered = staging.like(view).with(layout);
    copies.copy(view, ordered);
    return ordered;
  }

  private void rows(View x, View y, View g, View dx) {
    PoolGrid grid = new PoolGrid(spec, x.layout(), y.layout());
    Cells from = Cells.of(x);
    Cells values = Cells.of(y);
    Cells gradients = Cells.of(g);
    Cells to = Cells.of(dx);
    int channels = (int) x.shape().dim(1);
    pool.ranges(
        x.shape().dim(0),
        2 * work(x),
        (first, end) -> {
          try (MaxPoolRows rows = new MaxPoolRows(grid, channels, true)) {
            for (long n = first; n < end; n++) {
              int in = (int) (from.base + n * x.layout().stride(0));
              int out = (int) (values.base + n * y.layout().stride(0));
              int gradientShift = gradients.base - values.base;
              int shift = to.base - from.base;
              if (!rows.backward(from, in, values, gradients, out, gradientShift, to, shift)) {
                pooling.maxPoolGrad(spec, x, g, dx, n, n + 1);
              }
            }
          }
        });
  }
}
