package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class MatmulTest {
  private static final int RUNS = 500;

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
      disabledReason = "needs the CUDA emulator")
  void multipliesInAnyMemoryOrder() {
    try (RandomOperands operands = new RandomOperands(17)) {
      for (int i = 0; i < RUNS; i++) {
        long[] dims = new long[operands.draw(2, 5)];
        Arrays.setAll(dims, axis -> operands.draw(1, 3));
        int rank = dims.length;
        Shape out = Shape.of(dims);
        long inner = operands.draw(1, 4);
        operands.input(out.with(rank - 1, inner));
        operands.input(out.with(rank - 2, inner));
        operands.output(out);
        operands.compare((backend, v) -> backend.matmul(v[0], v[1], v[2]));
      }
    }
  }

  @Test
  void aBatchTimesOneMatrixIsOneProduct() {
    Layout a = Layout.contiguous(Shape.of(4, 8, 5, 3));
    Layout b = Layout.contiguous(Shape.of(1, 1, 3, 7)).expand(Shape.of(4, 8, 3, 7));
    Product product = new Product(a, b, Layout.contiguous(Shape.of(4, 8, 5, 7)));

    assertThat(product.rows()).isEqualTo(4 * 8 * 5);
    assertThat(product.batchRank()).isZero();
    assertThat(product.order(Product.A)).isEqualTo(new MatrixOrder(true, 3));
    assertThat(product.order(Product.OUT)).isEqualTo(new MatrixOrder(true, 7));
  }

  @Test
  void headsOfAttentionStayABatch() {
    Layout q = Layout.contiguous(Shape.of(2, 16, 4, 8)).permute(0, 2, 1, 3);
    Layout k = Layout.contiguous(Shape.of(2, 16, 4, 8)).permute(0, 2, 3, 1);
    Product product = new Product(q, k, Layout.contiguous(Shape.of(2, 4, 16, 16)));

    assertThat(product.batchRank()).isEqualTo(2);
    assertThat(product.order(Product.A)).isEqualTo(new MatrixOrder(true, 32));
    assertThat(product.order(Product.B)).isEqualTo(new MatrixOrder(false, 32));
  }

  @Test
  void stepsInBothDirectionsHaveNoOrder() {
    assertThat(MatrixOrder.of(3, 4, 8, 2)).isNull();
    assertThat(MatrixOrder.of(3, 4, 0, 1)).isNull();
    assertThat(MatrixOrder.of(1, 4, 0, 2)).isEqualTo(new MatrixOrder(false, 2));
  }
}
