package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Matrix products by OpenBLAS, which ND4J brings with it; float32 and float64. */
final class OpenBlas {
  private static final int ROW_MAJOR = 101;
  private static final int AS_IT_IS = 111;
  private static final int TRANSPOSED = 112;

  /** Rows or columns are shared out in multiples of this. */
  private static final int GRAIN = 16;

  private final CpuPool pool;
  private final Copies copies;

  OpenBlas(CpuPool pool, Copies copies) {
    this.pool = pool;
    this.copies = copies;
    // Its own threads spin while they wait for each other, which on a machine with other work to do
    // costs many times the product. The pool's threads share out the work instead.
    org.bytedeco.openblas.presets.openblas_nolapack.blas_set_num_threads(1);
  }

  void matmul(View a, View b, boolean accumulate, View out) {
    int rank = out.shape().rank();
    long m = out.shape().dim(rank - 2);
    long n = out.shape().dim(rank - 1);
    long k = a.shape().dim(rank - 1);
    if (out.layout().size() == 0) {
      return;
    }
    if (k == 0) {
      if (!accumulate) {
        copies.fill(out, 0);
      }
      return;
    }
    if (!fits(out.layout())) {
      try (Scratch scratch = new Scratch(out.dtype(), out.layout().size())) {
        View dense = scratch.view(out.shape().dims());
        if (accumulate) {
          copies.copy(out, dense);
        }
        matmul(a, b, accumulate, dense);
        copies.copy(dense, out);
      }
      return;
    }
    if (!fits(a.layout())) {
      try (Scratch scratch = new Scratch(a.dtype(), a.layout().size())) {
        View dense = scratch.view(a.shape().dims());
        copies.copy(a, dense);
        matmul(dense, b, accumulate, out);
      }
      return;
    }
    if (!fits(b.layout())) {
      try (Scratch scratch = new Scratch(b.dtype(), b.layout().size())) {
        View dense = scratch.view(b.shape().dims());
        copies.copy(b, dense);
        matmul(a, dense, accumulate, out);
      }
      return;
    }
    if (rowStep(out.layout()) == 0) {
      // The columns lie one behind the other: the transposed product is row-major.
      matmul(turned(b), turned(a), accumulate, turned(out));
      return;
    }
    batches(a, b, accumulate, out, (int) m, (int) n, (int) k);
  }

  private static View turned(View view) {
    int rank = view.shape().rank();
    int[] axes = new int[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = i;
    }
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return view.with(view.layout().permute(axes));
  }

  /** The distance of rows when each row lies in one piece, or 0. */
  private static long rowStep(Layout layout) {
    int rank = layout.rank();
    long rows = layout.shape().dim(rank - 2);
    long columns = layout.shape().dim(rank - 1);
    if (columns != 1 && layout.stride(rank - 1) != 1) {
      return 0;
    }
    if (rows == 1) {
      return Math.max(1, columns);
    }
    long step = layout.stride(rank - 2);
    return step >= columns ? step : 0;
  }

  private static boolean fits(Layout layout) {
    return rowStep(layout) > 0 || rowStep(turned(layout)) > 0;
  }

  private static Layout turned(Layout layout) {
    return turned(new View(null, DType.FLOAT32, layout)).layout();
  }

  private void batches(View a, View b, boolean accumulate, View out, int m, int n, int k) {
    Call call = new Call(a, b, out, accumulate, k);
    Shape batch = out.shape().slice(0, out.shape().rank() - 2);
    long products = batch.size();
    double flops = 2.0 * products * m * n * k;
    if (products > 1) {
      int parts = pool.nativeParts(products, flops);
      pool.run(
          parts,
          part -> {
            for (long i = products * part / parts; i < products * (part + 1) / parts; i++) {
              long[] index = index(batch, i);
              call.run(index, 0, m, 0, n);
            }
          });
      return;
    }
    boolean tall = m >= n;
    long length = tall ? m : n;
    long blocks = (length + GRAIN - 1) / GRAIN;
    int parts = pool.nativeParts(blocks, flops);
    long[] first = new long[batch.rank()];
    pool.run(
        parts,
        part -> {
          int from = (int) (blocks * part / parts * GRAIN);
          int to = (int) Math.min(length, blocks * (part + 1) / parts * GRAIN);
          call.run(first, tall ? from : 0, tall ? to : m, tall ? 0 : from, tall ? n : to);
        });
  }

  private static long[] index(Shape shape, long place) {
    long[] index = new long[shape.rank()];
    long rest = place;
    for (int d = index.length - 1; d >= 0; d--) {
      index[d] = rest % shape.dim(d);
      rest /= shape.dim(d);
    }
    return index;
  }

  /** Products of a batch of matrices, each of which may be computed in parts. */
  private static final class Call {
    private final View a;
    private final View b;
    private final View out;
    private final boolean accumulate;
    private final int k;
    private final boolean turnA;
    private final boolean turnB;
    private final int stepA;
    private final int stepB;
    private final int stepOut;

    Call(View a, View b, View out, boolean accumulate, int k) {
      this.a = a;
      this.b = b;
      this.out = out;
      this.accumulate = accumulate;
      this.k = k;
      turnA = rowStep(a.layout()) == 0;
      turnB = rowStep(b.layout()) == 0;
      stepA = (int) rowStep(turnA ? turned(a.layout()) : a.layout());
      stepB = (int) rowStep(turnB ? turned(b.layout()) : b.layout());
      stepOut = (int) rowStep(out.layout());
    }

    /** Some rows and columns of the product at a place of the batch. */
    void run(long[] index, int row, int rowEnd, int column, int columnEnd) {
      int size = out.dtype().byteSize();
      long firstA = offset(a.layout(), index) + (turnA ? row : (long) row * stepA);
      long firstB = offset(b.layout(), index) + (turnB ? (long) column * stepB : column);
      long firstOut = offset(out.layout(), index) + (long) row * stepOut + column;
      long atA = CpuBuffer.address(a) + size * firstA;
      long atB = CpuBuffer.address(b) + size * firstB;
      long atOut = CpuBuffer.address(out) + size * firstOut;
      int rows = rowEnd - row;
      int columns = columnEnd - column;
      int transA = turnA ? TRANSPOSED : AS_IT_IS;
      int transB = turnB ? TRANSPOSED : AS_IT_IS;
      if (out.dtype() == DType.FLOAT32) {
        openblas_nolapack.cblas_sgemm(
            ROW_MAJOR,
            transA,
            transB,
            rows,
            columns,
            k,
            1,
            new Single().at(atA),
            stepA,
            new Single().at(atB),
            stepB,
            accumulate ? 1 : 0,
            new Single().at(atOut),
            stepOut);
      } else {
        openblas_nolapack.cblas_dgemm(
            ROW_MAJOR,
            transA,
            transB,
            rows,
            columns,
            k,
            1,
            new Twice().at(atA),
            stepA,
            new Twice().at(atB),
            stepB,
            accumulate ? 1 : 0,
            new Twice().at(atOut),
            stepOut);
      }
    }
  }

  private static long offset(Layout layout, long[] index) {
    long offset = 0;
    for (int d = 0; d < index.length; d++) {
      offset += index[d] * layout.stride(d);
    }
    return offset;
  }

  private static final class Single extends FloatPointer {
    Single() {
      super((Pointer) null);
    }

    Single at(long newAddress) {
      address = newAddress;
      return this;
    }
  }

  private static final class Twice extends DoublePointer {
    Twice() {
      super((Pointer) null);
    }

    Twice at(long newAddress) {
      address = newAddress;
      return this;
    }
  }
}
