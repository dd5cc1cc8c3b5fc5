package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Blas;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.Arrays;

/**
 * Matrix products of floats by cuBLAS. It takes column-major matrices: a row-major product is the
 * transposed product of the exchanged factors.
 */
final class Matmul {
  /** As many rows, columns or terms as one call takes, a multiple of any tile. */
  private static final long LENGTH = 1 << 30;

  /** As many matrices as a launch has room for. */
  private static final long BATCH = 65535;

  private final CudaDevice device;
  private final Copies copies;
  private final Blas.Precision precision;

  Matmul(CudaDevice device, Copies copies, Blas.Precision precision) {
    this.device = device;
    this.copies = copies;
    this.precision = precision;
  }

  /** Whether tensor cores compute the products of a type. */
  boolean isOnTensorCores(DType dtype) {
    return dtype.isHalf() || (dtype == DType.FLOAT32 && precision == Blas.Precision.TF32);
  }

  /** {@code out = a b}. */
  void run(View a, View b, View out) {
    run(a, b, out, false);
  }

  /** {@code out = a b}, or {@code out += a b}. */
  void run(View a, View b, View out, boolean add) {
    if (out.layout().size() == 0) {
      return;
    }
    if (a.shape().dim(-1) == 0) {
      if (!add) {
        copies.fill(out, 0);
      }
      return;
    }
    synchronized (device) {
      Product product = new Product(a.layout(), b.layout(), out.layout());
      if (isExpressible(product)) {
        multiply(product, a, b, out, add);
      } else {
        multiplyCopies(product, a, b, out, add);
      }
    }
  }

  private static boolean isExpressible(Product product) {
    return product.order(Product.A) != null
        && product.order(Product.B) != null
        && product.order(Product.OUT) != null;
  }

  private void multiplyCopies(Product product, View a, View b, View out, boolean add) {
    try (ScratchPieces pieces = new ScratchPieces(device)) {
      View[] operands = {a, b, out};
      Layout[] packed = new Layout[operands.length];
      long[] places = new long[operands.length];
      for (int k = 0; k < operands.length; k++) {
        if (product.order(k) == null) {
          packed[k] = packed(operands[k].layout());
          places[k] = pieces.reserve(packed[k], out.dtype());
        }
      }
      pieces.open();
      View[] used = operands.clone();
      for (int k = 0; k < operands.length; k++) {
        if (packed[k] != null) {
          View copy = pieces.view(places[k], out.dtype(), packed[k]);
          if (k != Product.OUT || add) {
            copies.copy(operands[k].with(thin(operands[k].layout())), copy);
          }
          used[k] = copy.with(expanded(packed[k], operands[k].layout()));
        }
      }
      Layout result = used[Product.OUT].layout();
      Product plain = new Product(used[Product.A].layout(), used[Product.B].layout(), result);
      multiply(plain, used[Product.A], used[Product.B], used[Product.OUT], add);
      if (packed[Product.OUT] != null) {
        copies.copy(used[Product.OUT], out);
      }
    }
  }

  /** Without the repetitions along the batch. */
  private static Layout thin(Layout layout) {
    Layout thin = layout;
    for (int i = 0; i < layout.rank() - 2; i++) {
      if (layout.stride(i) == 0 && layout.shape().dim(i) > 1) {
        thin = thin.slice(i, 0, 1, 1);
      }
    }
    return thin;
  }

  /** Gapless, rows or columns next to each other so that their distance fits cuBLAS. */
  private static Layout packed(Layout layout) {
    Shape shape = thin(layout).shape();
    if (shape.dim(-1) <= Integer.MAX_VALUE) {
      return Layout.contiguous(shape);
    }
    int[] axes = new int[shape.rank()];
    Arrays.setAll(axes, i -> i);
    axes[axes.length - 1]--;
    axes[axes.length - 2]++;
    Shape turned = shape.with(axes.length - 1, shape.dim(-2)).with(axes.length - 2, shape.dim(-1));
    return Layout.contiguous(turned).permute(axes);
  }

  private static Layout expanded(Layout packed, Layout operand) {
    return packed.expand(operand.shape());
  }

  /** One call per matrix of the outer dimensions of the batch. */
  private void multiply(Product product, View a, View b, View out, boolean add) {
    int longest = longest(product);
    int size = out.dtype().byteSize();
    long[] starts = {CudaBuffer.address(a), CudaBuffer.address(b), CudaBuffer.address(out)};
    Calls calls = new Calls(product, longest, out, add);
    int[] at = new int[product.batchRank()];
    while (true) {
      long[] places = starts.clone();
      for (int d = 0; d < at.length; d++) {
        for (int k = 0; k < places.length; k++) {
          places[k] += at[d] * product.batchStride(k, d) * size;
        }
      }
      calls.run(places);
      int d = 0;
      while (d < at.length && (d == longest || ++at[d] == product.batch(d))) {
        at[d++] = 0;
      }
      if (d == at.length) {
        return;
      }
    }
  }

  private static int longest(Product product) {
    int longest = -1;
    for (int d = 0; d < product.batchRank(); d++) {
      if (longest < 0 || product.batch(d) > product.batch(longest)) {
        longest = d;
      }
    }
    return longest;
  }

  /** The calls of cuBLAS for one dimension of the batch. */
  private final class Calls {
    private final Product product;
    private final View out;
    private final boolean add;
    private final boolean swapped;
    private final int left;
    private final int right;
    private final boolean leftTransposed;
    private final boolean rightTransposed;
    private final int[] leading = new int[3];
    private final long[] batchStrides = new long[3];
    private final long batch;

    Calls(Product product, int dimension, View out, boolean add) {
      this.product = product;
      this.out = out;
      this.add = add;
      swapped = product.order(Product.OUT).transposed();
      left = swapped ? Product.B : Product.A;
      right = swapped ? Product.A : Product.B;
      leftTransposed = product.order(left).transposed() != swapped;
      rightTransposed = product.order(right).transposed() != swapped;
      batch = dimension < 0 ? 1 : product.batch(dimension);
      for (int k = 0; k < 3; k++) {
        leading[k] = product.order(k).leading();
        batchStrides[k] = dimension < 0 ? 0 : product.batchStride(k, dimension);
      }
    }

    /** In pieces where lengths do not fit into one call. */
    void run(long[] places) {
      for (long q = 0; q < batch; q += BATCH) {
        for (long i = 0; i < product.rows(); i += LENGTH) {
          for (long j = 0; j < product.columns(); j += LENGTH) {
            for (long k = 0; k < product.inner(); k += LENGTH) {
              piece(places, q, i, j, k);
            }
          }
        }
      }
    }

    private void piece(long[] places, long q, long i, long j, long k) {
      int rows = length(product.rows() - i);
      int columns = length(product.columns() - j);
      long[] at = {
        address(places, Product.A, q, i, k),
        address(places, Product.B, q, k, j),
        address(places, Product.OUT, q, i, j)
      };
      device
          .blas()
          .gemm(
              device.blasHandle(),
              leftTransposed,
              rightTransposed,
              swapped ? columns : rows,
              swapped ? rows : columns,
              length(product.inner() - k),
              1,
              at[left],
              leading[left],
              batchStrides[left],
              at[right],
              leading[right],
              batchStrides[right],
              add || k > 0 ? 1 : 0,
              at[Product.OUT],
              leading[Product.OUT],
              batchStrides[Product.OUT],
              (int) Math.min(batch - q, BATCH),
              out.dtype(),
              precision);
    }

    private int length(long rest) {
      return (int) Math.min(rest, LENGTH);
    }

    private long address(long[] places, int operand, long q, long row, long column) {
      long elements =
          q * batchStrides[operand]
              + row * product.rowStride(operand)
              + column * product.columnStride(operand);
      return places[operand] + elements * out.dtype().byteSize();
    }
  }
}
