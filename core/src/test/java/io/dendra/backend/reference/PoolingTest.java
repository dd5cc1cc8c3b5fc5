package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.Test;

class PoolingTest {
  private static final PoolSpec PADDED =
      new PoolSpec(new int[] {3, 2}, new int[] {2, 1}, new int[] {1, 0}, new int[] {2, 1});

  @Test
  void handComputedInOneDimension() {
    View x = Views.doubles(Shape.of(1, 1, 5), 1, 4, 4, 2, 6);
    PoolSpec spec = new PoolSpec(new int[] {3}, new int[] {2}, new int[] {1}, new int[] {1});
    View out = Views.result(DType.FLOAT64, spec.outputShape(x.shape()));
    View places = Views.result(DType.INT64, out.shape());
    BACKEND.maxPool(spec, x, out, places);
    assertThat(Views.reals(out)).containsExactly(4, 4, 6);
    assertThat(Views.wholes(places)).containsExactly(1, 1, 4);
    BACKEND.avgPool(spec, x, out);
    assertThat(Views.reals(out)).containsExactly(2.5, 10.0 / 3, 4);
    View grad = Views.result(DType.FLOAT64, x.shape());
    BACKEND.avgPoolGrad(spec, Views.doubles(out.shape(), 2, 3, 4), grad);
    assertThat(Views.reals(grad)).containsExactly(1, 2, 1, 3, 2);
  }

  @Test
  void agreesWithTheDefinitionInAnyLayout() {
    View x = Views.sample(1, 2, 3, 6, 5);
    double[] values = Views.reals(x);
    Shape shape = PADDED.outputShape(x.shape());
    int height = (int) shape.dim(2);
    int width = (int) shape.dim(3);
    double[] greatest = new double[(int) shape.size()];
    double[] means = new double[greatest.length];
    long[] expectedPlaces = new long[greatest.length];
    for (int o = 0; o < greatest.length; o++) {
      int plane = o / (height * width);
      int top = o / width % height * 2 - 1;
      int left = o % width;
      greatest[o] = Double.NEGATIVE_INFINITY;
      int count = 0;
      for (int i = Math.max(top, 0); i < Math.min(top + 3, 6); i++) {
        for (int j = left; j < Math.min(left + 2, 5); j++) {
          double value = values[plane * 30 + i * 5 + j];
          means[o] += value;
          count++;
          if (value > greatest[o]) {
            greatest[o] = value;
            expectedPlaces[o] = i * 5L + j;
          }
        }
      }
      means[o] /= count;
    }
    for (View laid : Views.layoutsOf(x)) {
      View out = Views.result(DType.FLOAT64, shape);
      View places = Views.result(DType.INT64, shape);
      BACKEND.maxPool(PADDED, laid, out, places);
      assertThat(Views.reals(out)).isEqualTo(greatest);
      assertThat(Views.wholes(places)).isEqualTo(expectedPlaces);
      BACKEND.avgPool(PADDED, laid, out);
      assertThat(Views.reals(out)).containsExactly(means, within(1e-15));
    }
  }

  @Test
  void averageGradientIsAdjoint() {
    for (PoolSpec spec :
        new PoolSpec[] {
          PADDED, new PoolSpec(new int[] {2, 2}, new int[] {3, 3}, new int[2], new int[2]),
        }) {
      View x = Views.sample(1, 2, 3, 6, 5);
      View y = Views.result(DType.FLOAT64, spec.outputShape(x.shape()));
      BACKEND.avgPool(spec, x, y);
      for (View gradOut : Views.layoutsOf(Views.sample(2, y.shape().dims()))) {
        View grad = Views.result(DType.FLOAT64, x.shape());
        BACKEND.avgPoolGrad(spec, gradOut, grad);
        assertThat(Views.dot(x, grad)).isCloseTo(Views.dot(y, gradOut), within(1e-12));
      }
    }
  }

  @Test
  void threeDimensionsNumberPlacesInRowMajorOrder() {
    View x = Views.doubles(Shape.of(1, 1, 2, 2, 2), 0, 1, 2, 3, 4, 9, 6, 7);
    PoolSpec whole = new PoolSpec(new int[] {2, 2, 2}, new int[] {1, 1, 1}, new int[3], new int[3]);
    View out = Views.result(DType.FLOAT64, Shape.of(1, 1, 1, 1, 1));
    View places = Views.result(DType.INT64, out.shape());
    BACKEND.maxPool(whole, x, out, places);
    assertThat(Views.reals(out)).containsExactly(9);
    assertThat(Views.wholes(places)).containsExactly(5);
  }

  @Test
  void theFirstNaNIsTheGreatestAndMinusInfinityBeatsPadding() {
    double minus = Double.NEGATIVE_INFINITY;
    View x = Views.doubles(Shape.of(1, 1, 4), minus, minus, Double.NaN, Double.NaN);
    PoolSpec spec = new PoolSpec(new int[] {2}, new int[] {2}, new int[1], new int[1]);
    View out = Views.result(DType.FLOAT64, Shape.of(1, 1, 2));
    View places = Views.result(DType.INT64, out.shape());
    BACKEND.maxPool(spec, x, out, places);
    assertThat(Views.reals(out)).containsExactly(minus, Double.NaN);
    assertThat(Views.wholes(places)).containsExactly(0, 2);
  }
}
