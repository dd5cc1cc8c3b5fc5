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

  private final Copies copies;

  OpenBlas(Copies copies, int threads) {
    this.copies = copies;
    org.bytedeco.openblas.presets.openblas_nolapack.blas_set_num_threads(threads);
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

  private static void batches(View a, View b, boolean accumulate, View out, int m, int n, int k) {
    boolean turnA = rowStep(a.layout()) == 0;
    boolean turnB = rowStep(b.layout()) == 0;
    int stepA = (int) rowStep(turnA ? turned(a.layout()) : a.layout());
    int stepB = (int) rowStep(turnB ? turned(b.layout()) : b.layout());
    int stepOut = (int) rowStep(out.layout());
    int transA = turnA ? TRANSPOSED : AS_IT_IS;
    int transB = turnB ? TRANSPOSED : AS_IT_IS;
    Shape batch = out.shape().slice(0, out.shape().rank() - 2);
    int size = out.dtype().byteSize();
    Singles singles = new Singles();
    Doubles doubles = new Doubles();
    long[] index = new long[batch.rank()];
    for (long i = batch.size(); i > 0; i--) {
      long atA = CpuBuffer.address(a) + size * offset(a.layout(), index);
      long atB = CpuBuffer.address(b) + size * offset(b.layout(), index);
      long atOut = CpuBuffer.address(out) + size * offset(out.layout(), index);
      if (out.dtype() == DType.FLOAT32) {
        openblas_nolapack.cblas_sgemm(
            ROW_MAJOR,
            transA,
            transB,
            m,
            n,
            k,
            1,
            singles.a.at(atA),
            stepA,
            singles.b.at(atB),
            stepB,
            accumulate ? 1 : 0,
            singles.out.at(atOut),
            stepOut);
      } else {
        openblas_nolapack.cblas_dgemm(
            ROW_MAJOR,
            transA,
            transB,
            m,
            n,
            k,
            1,
            doubles.a.at(atA),
            stepA,
            doubles.b.at(atB),
            stepB,
            accumulate ? 1 : 0,
            doubles.out.at(atOut),
            stepOut);
      }
      for (int d = batch.rank() - 1; d >= 0 && ++index[d] == batch.dim(d); d--) {
        index[d] = 0;
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

  private static final class Singles {
    final Single a = new Single();
    final Single b = new Single();
    final Single out = new Single();
  }

  private static final class Doubles {
    final Twice a = new Twice();
    final Twice b = new Twice();
    final Twice out = new Twice();
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
