package io.dendra.backend.cpu;

import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** Pooling as Java loops, each plane of an image at a time or each stretch of channels. */
final class Pooling {
  private final CpuPool pool;
  private final Copies copies;

  Pooling(CpuPool pool, Copies copies) {
    this.pool = pool;
    this.copies = copies;
  }

  /** Calls back for each window of each plane. */
  private interface Window {
    void run(int inBase, int outBase, int d, int h, int w);
  }

  private void windows(PoolGrid grid, Layout x, Layout y, int xBase, int yBase, Window body) {
    long batch = x.shape().dim(0);
    long channels = x.shape().dim(1);
    long cost = (long) grid.outputs() * grid.cost();
    if (x.stride(1) == 1 && channels > 1) {
      // Windows overlap, images do not.
      pool.ranges(
          batch,
          channels * cost,
          (from, to) -> {
            for (long n = from; n < to; n++) {
              int in = (int) (xBase + n * x.stride(0));
              int out = (int) (yBase + n * y.stride(0));
              across(grid, in, out, (int) channels, 1, (int) y.stride(1), body);
            }
          });
      return;
    }
    pool.ranges(
        batch * channels,
        cost,
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            long n = plane / channels;
            long c = plane % channels;
            int in = (int) (xBase + n * x.stride(0) + c * x.stride(1));
            int out = (int) (yBase + n * y.stride(0) + c * y.stride(1));
            across(grid, in, out, 1, 0, 0, body);
          }
        });
  }

  /** All windows of some channels, the channels innermost. */
  private static void across(
      PoolGrid grid, int in, int out, int channels, int inStep, int outStep, Window body) {
    for (int d = 0; d < grid.out[0]; d++) {
      for (int h = 0; h < grid.out[1]; h++) {
        for (int w = 0; w < grid.out[2]; w++) {
          for (int c = 0; c < channels; c++) {
            body.run(in + c * inStep, out + c * outStep, d, h, w);
          }
        }
      }
    }
  }

  void maxPool(PoolSpec spec, View x, View out, View argmax) {
    Layout y = out.layout();
    if (!y.sameOrder(argmax.layout())) {
      try (Scratch scratch = new Scratch(DType.INT64, y.size())) {
        View marks = scratch.view(Layout.of(y.shape(), y.strides(), 0));
        maxPool(spec, x, out, marks);
        copies.copy(marks, argmax);
      }
      return;
    }
    Cells from = Cells.of(x);
    Cells values = Cells.of(out);
    LongBuffer places = Cells.of(argmax).memory.longs;
    int shift = Cells.of(argmax).base - values.base;
    PoolGrid grid = new PoolGrid(spec, x.layout(), y);
    Window window =
        switch (x.dtype()) {
          case FLOAT32 ->
              (in, outBase, d, h, w) -> {
                int at = grid.place(outBase, d, h, w);
                long best = best(grid, from.floats(), in, d, h, w);
                values.floats().put(at, from.floats().get((int) best));
                places.put(at + shift, best >> 32);
              };
          case FLOAT64, FLOAT16, BFLOAT16 ->
              (in, outBase, d, h, w) -> {
                int at = grid.place(outBase, d, h, w);
                long best = best(grid, from, in, d, h, w);
                values.set(at, from.get((int) best));
                places.put(at + shift, best >> 32);
              };
          case INT32, INT64, BOOL ->
              (in, outBase, d, h, w) -> {
                int at = grid.place(outBase, d, h, w);
                long best = bestInteger(grid, from, in, d, h, w);
                values.setLong(at, from.getLong((int) best));
                places.put(at + shift, best >> 32);
              };
        };
    windows(grid, x.layout(), y, from.base, values.base, window);
  }

  /** Only the values of float32, not the places. */
  void maxPool(PoolSpec spec, View x, View out) {
    Cells from = Cells.of(x);
    Cells values = Cells.of(out);
    PoolGrid grid = new PoolGrid(spec, x.layout(), out.layout());
    windows(
        grid,
        x.layout(),
        out.layout(),
        from.base,
        values.base,
        (in, outBase, d, h, w) -> {
          int best = (int) best(grid, from.floats(), in, d, h, w);
          values.floats().put(grid.place(outBase, d, h, w), from.floats().get(best));
        });
  }

  /**
   * The gradient of some images, found from the input.
   *
   * @param out the gradient of x, in its memory order
   */
  void maxPoolGrad(PoolSpec spec, View x, View gradOut, View out, long firstImage, long endImage) {
    long images = endImage - firstImage;
    View part = images(x, firstImage, images);
    View result = images(out, firstImage, images);
    View gradient = images(gradOut, firstImage, images);
    copies.fill(result, 0);
    Cells from = Cells.of(part);
    Cells gradients = Cells.of(gradient);
    Cells to = Cells.of(result);
    int shift = to.base - from.base;
    PoolGrid grid = new PoolGrid(spec, part.layout(), gradient.layout());
    windows(
        grid,
        part.layout(),
        gradient.layout(),
        from.base,
        gradients.base,
        (in, outBase, d, h, w) -> {
          int place = (int) best(grid, from.floats(), in, d, h, w) + shift;
          float sum = to.floats().get(place) + gradients.floats().get(grid.place(outBase, d, h, w));
          to.floats().put(place, sum);
        });
  }

  private static View images(View view, long first, long count) {
    return view.with(view.layout().slice(0, first, count, 1));
  }

  /** The number of a place in the spatial dimensions and where it lies in memory. */
  private static long mark(int number, int at) {
    return ((long) number << 32) | at;
  }

  private static long best(PoolGrid grid, FloatBuffer x, int base, int d, int h, int w) {
    float extreme = Float.NEGATIVE_INFINITY;
    long best = -1;
    int step = grid.inStep[2];
    int first = grid.first(2, w);
    int end = grid.end(2, w);
    for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
      for (int j = grid.first(1, h), below = grid.end(1, h); j < below; j++) {
        int row = base + i * grid.inStep[0] + j * grid.inStep[1];
        int number = (i * grid.in[1] + j) * grid.in[2];
        for (int k = first; k < end; k++) {
          float value = x.get(row + k * step);
          if (best < 0 || value > extreme) {
            extreme = value;
            best = mark(number + k, row + k * step);
          } else if (Float.isNaN(value) && !Float.isNaN(extreme)) {
            return mark(number + k, row + k * step);
          }
        }
      }
    }
    return best;
  }

  private static long best(PoolGrid grid, Cells from, int base, int d, int h, int w) {
    double extreme = Double.NEGATIVE_INFINITY;
    long best = -1;
    for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
      for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
        int row = base + i * grid.inStep[0] + j * grid.inStep[1];
        int number = (i * grid.in[1] + j) * grid.in[2];
        for (int k = grid.first(2, w), end = grid.end(2, w); k < end; k++) {
          int at = row + k * grid.inStep[2];
          double value = from.get(at);
          if (best < 0 || value > extreme) {
            extreme = value;
            best = mark(number + k, at);
          } else if (Double.isNaN(value) && !Double.isNaN(extreme)) {
            return mark(number + k, at);
          }
        }
      }
    }
    return best;
  }

  private static long bestInteger(PoolGrid grid, Cells from, int base, int d, int h, int w) {
    long extreme = Long.MIN_VALUE;
    long best = -1;
    for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
      for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
        for (int k = grid.first(2, w); k < grid.end(2, w); k++) {
          int at = base + i * grid.inStep[0] + j * grid.inStep[1] + k * grid.inStep[2];
          long value = from.getLong(at);
          if (best < 0 || value > extreme) {
            extreme = value;
            best = mark((i * grid.in[1] + j) * grid.in[2] + k, at);
          }
        }
      }
    }
    return best;
  }

  void avgPool(PoolSpec spec, View x, View out) {
    Cells from = Cells.of(x);
    Cells to = Cells.of(out);
    PoolGrid grid = new PoolGrid(spec, x.layout(), out.layout());
    windows(
        grid,
        x.layout(),
        out.layout(),
        from.base,
        to.base,
        (in, outBase, d, h, w) -> {
          double sum = 0;
          for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
            for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
              int row = in + i * grid.inStep[0] + j * grid.inStep[1];
              for (int k = grid.first(2, w), end = grid.end(2, w); k < end; k++) {
                sum += from.get(row + k * grid.inStep[2]);
              }
            }
          }
          int at = grid.place(outBase, d, h, w);
          to.set(at, sum / count(grid, d, h, w));
        });
  }

  private static int count(PoolGrid grid, int d, int h, int w) {
    return (grid.end(0, d) - grid.first(0, d))
        * (grid.end(1, h) - grid.first(1, h))
        * (grid.end(2, w) - grid.first(2, w));
  }

  void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    copies.fill(out, 0);
    Cells from = Cells.of(gradOut);
    Cells to = Cells.of(out);
    PoolGrid grid = new PoolGrid(spec, out.layout(), gradOut.layout());
    windows(
        grid,
        out.layout(),
        gradOut.layout(),
        to.base,
        from.base,
        (in, outBase, d, h, w) -> {
          int at = grid.place(outBase, d, h, w);
          double share = from.get(at) / count(grid, d, h, w);
          for (int i = grid.first(0, d); i < grid.end(0, d); i++) {
            for (int j = grid.first(1, h); j < grid.end(1, h); j++) {
              int row = in + i * grid.inStep[0] + j * grid.inStep[1];
              for (int k = grid.first(2, w), end = grid.end(2, w); k < end; k++) {
                int place = row + k * grid.inStep[2];
                to.set(place, to.get(place) + share);
              }
            }
          }
        });
  }
}
