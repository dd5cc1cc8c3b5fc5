package io.dendra.backend.cuda;

import io.dendra.tensor.Layout;
import java.util.stream.IntStream;

/**
 * A batch of matrix products {@code out[i, j] = Σ a[i, k] b[k, j]} with as few and as large
 * matrices as the strides allow: dimensions of the batch that follow each other are one, and those
 * along which one factor stays the same become rows or columns of the other.
 */
final class Product {
  /** The operands as positions in arrays of strides. */
  static final int A = 0;

  static final int B = 1;
  static final int OUT = 2;

  private long rows;
  private long columns;
  private final long inner;
  private final long[] rowStrides = new long[3];
  private final long[] columnStrides = new long[3];
  private final long[] batch;
  private final long[][] batchStrides;
  private int batchRank;

  Product(Layout a, Layout b, Layout out) {
    int last = out.rank() - 1;
    rows = out.shape().dim(last - 1);
    columns = out.shape().dim(last);
    inner = a.shape().dim(last);
    Layout[] layouts = {a, b, out};
    for (int k = 0; k < 3; k++) {
      rowStrides[k] = layouts[k].stride(last - 1);
      columnStrides[k] = layouts[k].stride(last);
    }
    int[] axes = IntStream.range(0, last - 1).toArray();
    Geometry outer = Geometry.of(a.permute(axes), b.permute(axes), out.permute(axes));
    batch = new long[outer.rank()];
    batchStrides = new long[outer.rank()][];
    for (int d = outer.rank() - 1; d >= 0; d--) {
      long[] strides = {outer.stride(A, d), outer.stride(B, d), outer.stride(OUT, d)};
      if (!becomesRows(outer.dim(d), strides) && !becomesColumns(outer.dim(d), strides)) {
        batch[batchRank] = outer.dim(d);
        batchStrides[batchRank++] = strides;
      }
    }
  }

  private boolean becomesRows(long dim, long[] strides) {
    boolean first = rows == 1 && strides[A] != 0;
    if (strides[B] != 0 || !(first || follows(strides, rowStrides, A, rows))) {
      return false;
    }
    if (first) {
      rowStrides[A] = strides[A];
      rowStrides[OUT] = strides[OUT];
    }
    rows *= dim;
    return true;
  }

  private boolean becomesColumns(long dim, long[] strides) {
    boolean first = columns == 1 && strides[B] != 0;
    if (strides[A] != 0 || !(first || follows(strides, columnStrides, B, columns))) {
      return false;
    }
    if (first) {
      columnStrides[B] = strides[B];
      columnStrides[OUT] = strides[OUT];
    }
    columns *= dim;
    return true;
  }

  private static boolean follows(long[] outer, long[] inner, int factor, long length) {
    return length > 1
        && outer[factor] == inner[factor] * length
        && outer[OUT] == inner[OUT] * length;
  }

  long rows() {
    return rows;
  }

  long columns() {
    return columns;
  }

  long inner() {
    return inner;
  }

  /** The distance of neighbours in a column of an operand. */
  long rowStride(int operand) {
    return rowStrides[operand];
  }

  /** The distance of neighbours in a row of an operand. */
  long columnStride(int operand) {
    return columnStrides[operand];
  }

  /** The number of dimensions that are left of the batch, from the inner to the outer. */
  int batchRank() {
    return batchRank;
  }

  long batch(int dimension) {
    return batch[dimension];
  }

  long batchStride(int operand, int dimension) {
    return batchStrides[dimension][operand];
  }

  /** The order of an operand's matrices in memory, or null where cuBLAS has no word for it. */
  MatrixOrder order(int operand) {
    long height = operand == B ? inner : rows;
    long width = operand == A ? inner : columns;
    return MatrixOrder.of(height, width, rowStrides[operand], columnStrides[operand]);
  }
}
