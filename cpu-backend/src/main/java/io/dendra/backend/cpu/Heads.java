package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/** A stack of matrices {@code [batch, heads, rows, columns]} where they lie, by address. */
record Heads(Matrix matrix, long address, long perBatch, long perHead) {
  static Heads of(View view) {
    if (view == null) {
      return null;
    }
    Layout layout = view.layout();
    return new Heads(Matrix.of(view), CpuBuffer.address(view), layout.stride(0), layout.stride(1));
  }

  /** Where a matrix begins. */
  long at(long batch, long head) {
    return address + Float.BYTES * (batch * perBatch + head * perHead);
  }

  /** Where a row of a matrix begins. */
  long row(long batch, long head, long row) {
    return at(batch, head) + Float.BYTES * row * matrix.rowStep();
  }

  /** That many rows of a matrix. */
  Matrix rows(long count) {
    return new Matrix(count, matrix.columns(), matrix.rowStep(), matrix.columnStep());
  }
}
