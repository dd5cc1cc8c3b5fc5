package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * How the threads of a row kernel share a row: {@code rows.cu} says what the numbers mean.
 *
 * @param group the threads of a row, a power of two
 * @param each the elements of a thread, 0 where they do not fit into its registers
 * @param vector neighbours that are read at once
 */
record Rows(int group, int each, int vector) {
  private static final int WARP = 32;
  private static final int MOST_THREADS = 1024;
  private static final int LEAST_BLOCK = 128;
  private static final int VECTOR_BYTES = 16;
  private static final int GROUPS = 11;
  private static final int EACHES = 6;

  /** The number of variants for each type. */
  static final int VARIANTS = DType.values().length * GROUPS * EACHES * 2;

  /**
   * A warp for a row that fits into its registers, several of them for a longer one.
   *
   * @param mostEach the elements of a thread that fit into its registers, with all their company
   */
  static Rows of(long length, int vector, int mostEach) {
    int each = vector;
    while (2 * each <= mostEach && (long) each * WARP < length) {
      each *= 2;
    }
    long threads = (length + each - 1) / each;
    if (threads > MOST_THREADS) {
      return new Rows(MOST_THREADS, 0, 1);
    }
    int group = threads <= 1 ? 1 : Integer.highestOneBit((int) threads - 1) << 1;
    return new Rows(group, each, vector);
  }

  /** As many neighbours as 16 bytes hold, or 1 where the rows of an operand do not begin there. */
  static int vector(long length, DType dtype, int axis, View... operands) {
    int elements = VECTOR_BYTES / dtype.byteSize();
    if (length % elements != 0) {
      return 1;
    }
    for (View operand : operands) {
      if (!isAligned(operand, axis, elements)) {
        return 1;
      }
    }
    return elements;
  }

  /** Whether so many neighbours along the axis can be read at once everywhere. */
  static boolean isAligned(View operand, int axis, int elements) {
    Layout layout = operand.layout();
    int bytes = elements * operand.dtype().byteSize();
    if (layout.stride(axis) != 1 || CudaBuffer.address(operand) % bytes != 0) {
      return false;
    }
    for (int i = 0; i < layout.rank(); i++) {
      if (i != axis && layout.shape().dim(i) > 1 && layout.stride(i) % elements != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether a thread has all its elements in registers. */
  boolean fits() {
    return each > 0;
  }

  /** Threads of a block. */
  int threads() {
    return Math.max(group, LEAST_BLOCK);
  }

  /** Rows that a block works on at once. */
  int perBlock() {
    return threads() / group;
  }

  Grid grid(long rows) {
    return Grid.of(Math.toIntExact((rows + perBlock() - 1) / perBlock()));
  }

  /** Which of {@link #VARIANTS} this is. */
  int variant(DType dtype) {
    int variant = dtype.ordinal() * GROUPS + Integer.numberOfTrailingZeros(group);
    variant = variant * EACHES + (each == 0 ? 0 : 1 + Integer.numberOfTrailingZeros(each));
    return variant * 2 + (vector > 1 ? 1 : 0);
  }

  /** The source for this, and for what further macros say. */
  KernelSource source(String file, DType dtype, String... more) {
    List<String> macros = new ArrayList<>(List.of(more));
    macros.add("T=" + KernelSource.type(dtype));
    macros.add("GROUP=" + group);
    macros.add("PER=" + each);
    macros.add("VEC=" + vector);
    return new KernelSource(file, macros);
  }
}
