package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/**
 * Convolution by matrix products: the input is unfolded to a matrix with one row per place of the
 * kernel and one column per place of the output ("im2col"), for one image and group at a time.
 */
final class Unfolding {
  private final CpuPool pool;
  private final Copies copies;
  private final Engine engine;

  Unfolding(CpuPool pool, Copies copies, Engine engine) {
    this.pool = pool;
    this.copies = copies;
    this.engine = engine;
  }

  void conv(ConvSpec spec, View x, View w, View out) {
    Geometry g = new Geometry(spec, x.layout(), w.layout(), out.layout());
    if (g.empty()) {
      copies.fill(out, 0);
      return;
    }
    try (Scratch columns = new Scratch(x.dtype(), g.columnElements());
        Scratch filters = new Scratch(x.dtype(), w.layout().size());
        Scratch result = new Scratch(x.dtype(), g.perGroup() * g.places())) {
      View column = columns.view(g.taps(), g.places());
      View dense = filters.view(w.shape().dims());
      copies.copy(w, dense);
      g.forEach(
          (n, group) -> {
            unfold(g, x, n, group, column);
            View y = result.view(g.perGroup(), g.places());
            engine.matmul(g.filter(dense, group), column, false, y);
            copies.copy(y.with(g.asImage(y.layout())), g.image(out, n, group));
          });
    }
  }

  void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    copies.fill(out, 0);
    Geometry g = new Geometry(spec, out.layout(), w.layout(), gradOut.layout());
    if (g.empty()) {
      return;
    }
    try (Scratch columns = new Scratch(out.dtype(), g.columnElements());
        Scratch filters = new Scratch(out.dtype(), w.layout().size());
        Scratch gradients = new Scratch(out.dtype(), g.perGroup() * g.places())) {
      View column = columns.view(g.taps(), g.places());
      View dense = filters.view(w.shape().dims());
      copies.copy(w, dense);
      g.forEach(
          (n, group) -> {
            View y = gradients.view(g.perGroup(), g.places());
            copies.copy(g.image(gradOut, n, group), y.with(g.asImage(y.layout())));
            View filter = g.filter(dense, group);
            engine.matmul(filter.with(filter.layout().permute(1, 0)), y, false, column);
            fold(g, column, out, n, group);
          });
    }
  }

  void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    Geometry g = new Geometry(spec, x.layout(), out.layout(), gradOut.layout());
    if (g.empty()) {
      copies.fill(out, 0);
      return;
    }
    try (Scratch columns = new Scratch(out.dtype(), g.columnElements());
        Scratch filters = new Scratch(out.dtype(), out.layout().size());
        Scratch gradients = new Scratch(out.dtype(), g.perGroup() * g.places())) {
      View column = columns.view(g.taps(), g.places());
      View dense = filters.view(out.shape().dims());
      copies.fill(dense, 0);
      g.forEach(
          (n, group) -> {
            unfold(g, x, n, group, column);
            View y = gradients.view(g.perGroup(), g.places());
            copies.copy(g.image(gradOut, n, group), y.with(g.asImage(y.layout())));
            View turned = column.with(column.layout().permute(1, 0));
            engine.matmul(y, turned, true, g.filter(dense, group));
          });
      copies.copy(dense, out);
    }
  }

  private void unfold(Geometry g, View x, long n, long group, View column) {
    Cells from = Cells.of(x);
    Cells to = Cells.of(column);
    int base = from.base + g.offset(x.layout(), n, group * g.channels);
    pool.ranges(
        g.taps(),
        g.places() * 2,
        (a, b) -> {
          for (long tap = a; tap < b; tap++) {
            g.walk(
                tap,
                base,
                (int) (to.base + tap * g.places()),
                (at, step, column0, low, high, length) -> {
                  clear(to, column0, low);
                  move(from, at, step, to, column0 + low, high - low);
                  clear(to, column0 + high, length - high);
                });
          }
        });
  }

  private static void clear(Cells to, int at, int n) {
    for (int i = 0; i < n; i++) {
      to.set(at + i, 0);
    }
  }

  private static void move(Cells from, int p, int step, Cells to, int q, int n) {
    if (from.dtype == DType.FLOAT32) {
      for (int i = 0; i < n; i++) {
        to.memory.floats.put(q + i, from.memory.floats.get(p + i * step));
      }
    } else {
      for (int i = 0; i < n; i++) {
        to.set(q + i, from.get(p + i * step));
      }
    }
  }

  /** The adjoint of unfolding: adds every element of the matrix to where it came from. */
  private void fold(Geometry g, View column, View out, long n, long group) {
    Cells from = Cells.of(column);
    Cells to = Cells.of(out);
    int base = to.base + g.offset(out.layout(), n, group * g.channels);
    long kernel = g.taps() / g.channels;
    // Taps of one channel overlap, channels do not.
    pool.ranges(
        g.channels,
        kernel * g.places() * 2,
        (a, b) -> {
          for (long tap = a * kernel; tap < b * kernel; tap++) {
            g.walk(
                tap,
                base,
                (int) (from.base + tap * g.places()),
                (at, step, column0, low, high, length) -> {
                  for (int i = 0; i < high - low; i++) {
                    int place = at + i * step;
                    to.set(place, to.get(place) + from.get(column0 + low + i));
                  }
                });
          }
        });
  }

  /** One row of output places under one tap of the kernel: those from low to high lie inside x. */
  private interface Stretch {
    void run(int at, int step, int column, int low, int high, int length);
  }

  private interface Part {
    void run(long n, long group);
  }

  /** The lengths of a convolution, its spatial dimensions filled up to three. */
  private static final class Geometry {
    final long batch;
    final long groups;
    final long channels;
    final long filters;
    final int[] in = {1, 1, 1};
    final int[] out = {1, 1, 1};
    final int[] kernel = {1, 1, 1};
    final int[] stride = {1, 1, 1};
    final int[] pad = {0, 0, 0};
    final int[] dilation = {1, 1, 1};
    final int[] step = {0, 0, 0};
    final long channelStep;
    final int spatialRank;

    Geometry(ConvSpec spec, Layout x, Layout w, Layout y) {
      batch = x.shape().dim(0);
      groups = spec.groups();
      channels = w.shape().dim(1);
      filters = w.shape().dim(0);
      channelStep = x.stride(1);
      spatialRank = spec.spatialRank();
      for (int i = 0; i < spatialRank; i++) {
        int to = 3 - spatialRank + i;
        in[to] = Math.toIntExact(x.shape().dim(2 + i));
        out[to] = Math.toIntExact(y.shape().dim(2 + i));
        kernel[to] = Math.toIntExact(w.shape().dim(2 + i));
        stride[to] = spec.strides()[i];
        pad[to] = spec.padLow()[i];
        dilation[to] = spec.dilation()[i];
        step[to] = (int) x.stride(2 + i);
      }
    }

    boolean empty() {
      return batch == 0
          || taps() == 0
          || filters == 0
          || places() == 0
          || in[0] * in[1] * in[2] == 0;
    }

    long taps() {
      return channels * kernel[0] * kernel[1] * kernel[2];
    }

    long places() {
      return (long) out[0] * out[1] * out[2];
    }

    long perGroup() {
      return filters / groups;
    }

    long columnElements() {
      return taps() * places();
    }

    void forEach(Part part) {
      for (long n = 0; n < batch; n++) {
        for (long group = 0; group < groups; group++) {
          part.run(n, group);
        }
      }
    }

    int offset(Layout layout, long n, long channel) {
      return (int) (n * layout.stride(0) + channel * layout.stride(1));
    }

    View filter(View dense, long group) {
      long start = group * perGroup() * taps();
      Shape shape = Shape.of(perGroup(), taps());
      return dense.with(Layout.of(shape, new long[] {taps(), 1}, start));
    }

    /** {@code [filters of the group, *outSpatial]} of one image. */
    View image(View y, long n, long group) {
      Layout one = y.layout().slice(0, n, 1, 1).slice(1, group * perGroup(), perGroup(), 1);
      return y.with(Lanes.without(one, 0));
    }

    Layout asImage(Layout matrix) {
      long[] dims = new long[1 + spatialRank];
      dims[0] = perGroup();
      for (int i = 0; i < spatialRank; i++) {
        dims[1 + i] = out[3 - spatialRank + i];
      }
      return matrix.reshape(Shape.of(dims));
    }

    void walk(long tap, int base, int column, Stretch stretch) {
      int[] place = new int[3];
      long rest = tap;
      for (int i = 2; i >= 0; i--) {
        place[i] = (int) (rest % kernel[i]) * dilation[i] - pad[i];
        rest /= kernel[i];
      }
      int channelBase = (int) (base + rest * channelStep);
      int low = ceil(-place[2], stride[2], out[2]);
      int high = Math.max(low, ceil(in[2] - place[2], stride[2], out[2]));
      for (int d = 0; d < out[0]; d++) {
        int z = place[0] + d * stride[0];
        for (int h = 0; h < out[1]; h++) {
          int y = place[1] + h * stride[1];
          boolean inside = z >= 0 && z < in[0] && y >= 0 && y < in[1];
          int at = channelBase + z * step[0] + y * step[1] + (place[2] + low * stride[2]) * step[2];
          int end = inside ? high : low;
          stretch.run(at, stride[2] * step[2], column, low, end, out[2]);
          column += out[2];
        }
      }
    }

    private static int ceil(int distance, int stride, int most) {
      return Math.min(most, Math.max(0, Math.floorDiv(distance + stride - 1, stride)));
    }
  }
}
