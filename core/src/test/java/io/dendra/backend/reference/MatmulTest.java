package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.Test;

class MatmulTest {
  @Test
  void multipliesMatricesInAnyLayout() {
    View a = Views.sample(1, 4, 7);
    View b = Views.sample(2, 7, 5);
    double[] x = Views.reals(a);
    double[] y = Views.reals(b);
    double[] expected = new double[20];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 5; j++) {
        for (int k = 0; k < 7; k++) {
          expected[i * 5 + j] += x[i * 7 + k] * y[k * 5 + j];
        }
      }
    }
    for (View left : Views.layoutsOf(a)) {
      for (View right : Views.layoutsOf(b)) {
        for (View out : Views.layoutsOf(Views.sample(3, 4, 5))) {
          BACKEND.matmul(left, right, out);
          assertThat(Views.reals(out)).containsExactly(expected, within(1e-14));
        }
      }
    }
  }

  @Test
  void batchesBroadcastByStrideZero() {
    View a = Views.doubles(Shape.of(2, 1, 2), 1, 2, 3, 4);
    View b = Views.doubles(Shape.of(2, 1), 10, 100);
    View out = Views.result(DType.FLOAT64, Shape.of(2, 1, 1));
    BACKEND.matmul(a, b.with(b.layout().expand(Shape.of(2, 2, 1))), out);
    assertThat(Views.reals(out)).containsExactly(210, 430);
  }

  @Test
  void integersAreExact() {
    View a = Views.longs(Shape.of(1, 2), 1L << 31, 1);
    View b = Views.longs(Shape.of(2, 1), 1L << 31, 1);
    View out = Views.result(DType.INT64, Shape.of(1, 1));
    BACKEND.matmul(a, b, out);
    assertThat(Views.wholes(out)).containsExactly((1L << 62) + 1);
  }

  @Test
  void emptyInnerDimensionGivesZeros() {
    View out = Views.result(DType.FLOAT64, Shape.of(2, 3));
    BACKEND.matmul(Views.doubles(Shape.of(2, 0)), Views.doubles(Shape.of(0, 3)), out);
    assertThat(Views.reals(out)).containsOnly(0).hasSize(6);
  }

  @Test
  void emptyBatchesAndRowsAreFine() {
    View batchless = Views.result(DType.FLOAT64, Shape.of(0, 2, 3));
    BACKEND.matmul(Views.doubles(Shape.of(0, 2, 4)), Views.doubles(Shape.of(0, 4, 3)), batchless);
    assertThat(Views.reals(batchless)).isEmpty();
    View rowless = Views.result(DType.FLOAT64, Shape.of(0, 1));
    BACKEND.matmul(Views.doubles(Shape.of(0, 1)), Views.doubles(Shape.of(1, 1), 2), rowless);
    assertThat(Views.reals(rowless)).isEmpty();
  }

  @Test
  void zeroTimesNaNIsNaN() {
    View out = Views.result(DType.FLOAT64, Shape.of(1, 1));
    BACKEND.matmul(
        Views.doubles(Shape.of(1, 1), 0), Views.doubles(Shape.of(1, 1), Double.NaN), out);
    assertThat(Views.reals(out)).containsExactly(Double.NaN);
  }
}
