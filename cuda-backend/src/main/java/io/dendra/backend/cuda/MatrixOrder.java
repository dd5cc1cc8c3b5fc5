package io.dendra.backend.cuda;

/**
 * How cuBLAS sees a matrix: whether its memory holds the transpose of the column-major matrix that
 * is meant, and the distance of columns (rows where transposed).
 */
record MatrixOrder(boolean transposed, int leading) {
  /**
   * The order of a matrix, or null when its strides cannot be expressed and it has to be copied.
   */
  static MatrixOrder of(long rows, long columns, long rowStride, long columnStride) {
    long leading = leading(rows, columns, rowStride, columnStride);
    if (leading > 0) {
      return new MatrixOrder(false, (int) leading);
    }
    leading = leading(columns, rows, columnStride, rowStride);
    return leading > 0 ? new MatrixOrder(true, (int) leading) : null;
  }

  /** The distance of columns that follow each other in memory; 0 where they do not. */
  private static long leading(long rows, long columns, long rowStride, long columnStride) {
    if (rows != 1 && rowStride != 1) {
      return 0;
    }
    long leading = columns == 1 ? Math.max(rows, 1) : columnStride;
    return leading >= rows && leading <= Integer.MAX_VALUE ? leading : 0;
  }
}
