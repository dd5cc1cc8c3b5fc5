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

  /** Where windows begin and end, with the spatial dimensions filled up to three. */
  private static final class Grid {
    final int[] in = {1, 1, 1};
    final int[] out = {1, 1, 1};
    final int[] window = {1, 1, 1};
    final int[] stride = {1, 1, 1};
    final int[] pad = {0, 0, 0};
    final int[] inStep = {0, 0, 0};
    final int[] outStep = {0, 0, 0};

    Grid(PoolSpec spec, Layout x, Layout y) {
      int n = spec.spatialRank();
      for (int i = 0; i < n; i++) {
        int to = 3 - n + i;
        in[to] = Math.toIntExact(x.shape().dim(2 + i));
        out[to] = Math.toIntExact(y.shape().dim(2 + i));
        window[to] = spec.window()[i];
        stride[to] = spec.strides()[i];
        pad[to] = spec.padLow()[i];
        inStep[to] = (int) x.stride(2 + i);
        outStep[to] = (int) y.stride(2 + i);
      }
    }

    int first(int axis, int place) {
      return Math.max(0, place * stride[axis] - pad[axis]);
    }

    int end(int axis, int place) {
      return Math.min(in[axis], place * stride[axis] - pad[axis] + window[axis]);
    }

    int place(int base, int d, int h, int w) {
      return base + d * outStep[0] + h * outStep[1] + w * outStep[2];
    }

    int outputs() {
      return out[0] * out[1] * out[2];
    }

    int cost() {
      return window[0] * window[1] * window[2] * 3;
    }
  }

  /** Calls back for each window of each plane. */
  private interface Window {
    void run(int inBase, int outBase, int d, int h, int w);
  }

  private void windows(Grid grid, Layout x, Layout y, int xBase, int yBase, Window body) {
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
      Grid grid, int in, int out, int channels, int inStep, int outStep, Window body) {
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
    Grid grid = new Grid(spec, x.layout(), y);
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

  /** The number of a place in the spatial dimensions and where it lies in memory. */
  private static long mark(int number, int at) {
    return ((long) number << 32) | at;
  }

  private static long best(Grid grid, FloatBuffer x, int base, int d, int h, int w) {
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

  private static long best(Grid grid, Cells from, int base, int d, int h, int w) {
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

  private static long bestInteger(Grid grid, Cells from, int base, int d, int h, int w) {
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
    Grid grid = new Grid(spec, x.layout(), out.layout());
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

  private static int count(Grid grid, int d, int h, int w) {
    return (grid.end(0, d) - grid.first(0, d))
        * (grid.end(1, h) - grid.first(1, h))
        * (grid.end(2, w) - grid.first(2, w));
  }

  void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    copies.fill(out, 0);
    Cells from = Cells.of(gradOut);
    Cells to = Cells.of(out);
    Grid grid = new Grid(spec, out.layout(), gradOut.layout());
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
