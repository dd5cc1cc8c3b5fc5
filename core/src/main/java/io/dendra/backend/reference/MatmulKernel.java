package io.dendra.backend.reference;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.Arrays;

/** Matrix products, a row of the result at a time. */
final class MatmulKernel {
  private MatmulKernel() {}

  static void run(View a, View b, View out) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    int rank = out.layout().rank();
    int[] batch = Odometer.others(rank, rank - 2, rank - 1);
    Odometer matrices =
        Odometer.single(
            a.layout().permute(batch), b.layout().permute(batch), out.layout().permute(batch));
    Product product = new Product(left, right, to);
    while (matrices.next()) {
      if (left.isReal()) {
        product.reals(matrices.at(0), matrices.at(1), matrices.at(2));
      } else {
        product.wholes(matrices.at(0), matrices.at(1), matrices.at(2));
      }
    }
  }

  /** The product of one pair of matrices, which begin at given places. */
  private static final class Product {
    private final Elements left;
    private final Elements right;
    private final Elements to;
    private final int rowAxis;
    private final int rows;
    private final int inner;
    private final int columns;

    Product(Elements left, Elements right, Elements to) {
      this.left = left;
      this.right = right;
      this.to = to;
      this.rowAxis = to.layout().rank() - 2;
      this.rows = length(to, rowAxis);
      this.inner = length(right, rowAxis);
      this.columns = length(to, rowAxis + 1);
    }

    void reals(int leftAt, int rightAt, int toAt) {
      double[] b = right.reals(matrix(right, rightAt));
      double[] row = new double[inner];
      double[] sums = new double[columns];
      for (int i = 0; i < rows; i++) {
        left.read(leftAt + i * step(left, 0), step(left, 1), row, 0, inner);
        Arrays.fill(sums, 0);
        for (int k = 0; k < inner; k++) {
          DenseRows.addScaled(sums, 0, row[k], b, k * columns, columns);
        }
        to.write(toAt + i * step(to, 0), step(to, 1), sums, 0, columns);
      }
    }

    void wholes(int leftAt, int rightAt, int toAt) {
      long[] b = right.wholes(matrix(right, rightAt));
      long[] row = new long[inner];
      long[] sums = new long[columns];
      for (int i = 0; i < rows; i++) {
        left.read(leftAt + i * step(left, 0), step(left, 1), row, 0, inner);
        Arrays.fill(sums, 0);
        for (int k = 0; k < inner; k++) {
          for (int j = 0; j < columns; j++) {
            sums[j] += row[k] * b[k * columns + j];
          }
        }
        to.write(toAt + i * step(to, 0), step(to, 1), sums, 0, columns);
      }
    }

    private Layout matrix(Elements elements, int at) {
      Layout two = elements.layout().permute(rowAxis, rowAxis + 1);
      return Layout.of(two.shape(), two.strides(), at);
    }

    private int step(Elements elements, int axis) {
      return (int) elements.layout().stride(rowAxis + axis);
    }

    private static int length(Elements elements, int axis) {
      return Math.toIntExact(elements.layout().shape().dim(axis));
    }
  }
}
