package io.dendra.backend.cpu;

import io.dendra.backend.View;

/**
 * How a matrix lies in memory, with the steps of dimensions of length 1 as a dense matrix would
 * have them.
 */
record Matrix(long rows, long columns, long rowStep, long columnStep) {
  /** The last two dimensions of a view. */
  static Matrix of(View view) {
    int rank = view.shape().rank();
    long rows = view.shape().dim(rank - 2);
    long columns = view.shape().dim(rank - 1);
    long rowStep = view.layout().stride(rank - 2);
    long columnStep = view.layout().stride(rank - 1);
    if (columns == 1 && (rows == 1 || rowStep == 1)) {
      return new Matrix(rows, columns, 1, rows);
    }
    if (columns == 1) {
      return new Matrix(rows, columns, rowStep, 1);
    }
    if (rows == 1 && columnStep == 1) {
      return new Matrix(rows, columns, columns, 1);
    }
    return new Matrix(rows, columns, rowStep, columnStep);
  }

  /** Whether the rows, or the columns, each lie in one piece. */
  boolean isPlain() {
    return isRowMajor() || (rowStep == 1 && columnStep >= rows);
  }

  boolean isRowMajor() {
    return columnStep == 1 && rowStep >= columns;
  }

  /** Whether oneDNN takes a batch of such matrices at this distance: vectors it gets wrong. */
  boolean repeats(long step) {
    return rows > 1 && columns > 1 && (step == 0 || step >= (isRowMajor() ? columns : rows));
  }

  /** The transposed matrix in the same memory. */
  Matrix turned() {
    return new Matrix(
        /* rows= */ columns,
        /* columns= */ rows,
        /* rowStep= */ columnStep,
        /* columnStep= */ rowStep);
  }

  /** This matrix that many times below itself, when the copies lie at the distance of its rows. */
  Matrix stacked(long times, long step) {
    return step == rows * rowStep ? new Matrix(rows * times, columns, rowStep, columnStep) : null;
  }
}
