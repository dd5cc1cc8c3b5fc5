package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReductionTest {
  private static final double NAN = Double.NaN;

  @Test
  void sumsAnyAxesInAnyLayout() {
    View x = Views.sample(1, 3, 4, 5);
    double[] values = Views.reals(x);
    double[] byMiddle = new double[4];
    double[] byOuter = new double[15];
    double total = 0;
    for (int i = 0; i < 60; i++) {
      byMiddle[i / 5 % 4] += values[i];
      byOuter[i / 20 * 5 + i % 5] += values[i];
      total += values[i];
    }
    for (View laid : Views.layoutsOf(x)) {
      assertThat(reduce(ReduceOp.SUM, laid, 0, 2)).containsExactly(byMiddle, within(1e-14));
      assertThat(reduce(ReduceOp.SUM, laid, 1)).containsExactly(byOuter, within(1e-14));
      assertThat(reduce(ReduceOp.SUM, laid, 0, 1, 2))
          .containsExactly(new double[] {total}, within(1e-13));
      assertThat(reduce(ReduceOp.SUM, laid)).isEqualTo(values);
    }
  }

  @Test
  void float32IsAddedUpInFloat64() {
    float[] values = new float[2_000_000];
    Arrays.fill(values, 0.1f);
    View x = Views.fromHost(DType.FLOAT32, Shape.of(values.length), values);
    assertThat(reduce(ReduceOp.SUM, x, 0)[0])
        .isCloseTo(values.length * (double) 0.1f, within(0.02));
  }

  @Test
  void productsAndExtremes() {
    View x = Views.doubles(Shape.of(2, 3), 1, -2, 3, 4, 5, NAN);
    assertThat(reduce(ReduceOp.PROD, x, 1)).containsExactly(-6, NAN);
    assertThat(reduce(ReduceOp.MAX, x, 1)).containsExactly(3, NAN);
    assertThat(reduce(ReduceOp.MIN, x, 0)).containsExactly(1, -2, NAN);
  }

  @Test
  void integersAreExact() {
    View x = Views.longs(Shape.of(3), (1L << 60) + 1, 2, -5);
    View out = Views.result(DType.INT64, Shape.of(1));
    BACKEND.reduce(ReduceOp.SUM, x, new int[] {0}, out);
    assertThat(Views.wholes(out)).containsExactly((1L << 60) - 2);
    BACKEND.reduce(ReduceOp.MAX, x, new int[] {0}, out);
    assertThat(Views.wholes(out)).containsExactly((1L << 60) + 1);
  }

  @Test
  void anyAndAll() {
    View x = Views.bools(Shape.of(3, 2), true, true, true, false, false, false);
    View out = Views.result(DType.BOOL, Shape.of(3, 1));
    BACKEND.reduce(ReduceOp.ANY, x, new int[] {1}, out);
    assertThat(Views.wholes(out)).containsExactly(1, 1, 0);
    BACKEND.reduce(ReduceOp.ALL, x, new int[] {1}, out);
    assertThat(Views.wholes(out)).containsExactly(1, 0, 0);
  }

  @Test
  void overNoElements() {
    View x = Views.doubles(Shape.of(2, 0));
    assertThat(reduce(ReduceOp.SUM, x, 1)).containsExactly(0, 0);
    assertThat(reduce(ReduceOp.PROD, x, 1)).containsExactly(1, 1);
    assertThat(reduce(ReduceOp.SUM, x, 0)).isEmpty();
    View none = Views.bools(Shape.of(0));
    View out = Views.result(DType.BOOL, Shape.of(1));
    BACKEND.reduce(ReduceOp.ANY, none, new int[] {0}, out);
    assertThat(Views.wholes(out)).containsExactly(0);
    BACKEND.reduce(ReduceOp.ALL, none, new int[] {0}, out);
    assertThat(Views.wholes(out)).containsExactly(1);
  }

  @Test
  void argReduceTakesTheFirstOfEqualsAndTheFirstNaN() {
    View x = Views.doubles(Shape.of(3, 4), 1, 5, 5, -1, 2, NAN, 9, NAN, 0.0, -0.0, 0, 0);
    for (View laid : Views.layoutsOf(x)) {
      assertThat(argReduce(ArgReduceOp.ARGMAX, laid, 1)).containsExactly(1, 1, 0);
      assertThat(argReduce(ArgReduceOp.ARGMIN, laid, 1)).containsExactly(3, 1, 0);
      assertThat(argReduce(ArgReduceOp.ARGMAX, laid, 0)).containsExactly(1, 1, 1, 1);
    }
  }

  @Test
  void runningSums() {
    View x = Views.doubles(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    for (View laid : Views.layoutsOf(x)) {
      assertThat(cumulativeSum(laid, 1, false, false)).containsExactly(1, 3, 6, 4, 9, 15);
      assertThat(cumulativeSum(laid, 1, true, false)).containsExactly(0, 1, 3, 0, 4, 9);
      assertThat(cumulativeSum(laid, 1, false, true)).containsExactly(6, 5, 3, 15, 11, 6);
      assertThat(cumulativeSum(laid, 1, true, true)).containsExactly(5, 3, 0, 11, 6, 0);
      assertThat(cumulativeSum(laid, 0, false, false)).containsExactly(1, 2, 3, 5, 7, 9);
    }
  }

  @Test
  void topKOrdersEqualsByPlaceAndPutsNaNAboveAll() {
    View x = Views.doubles(Shape.of(1, 6), 3, 1, NAN, 3, -0.0, 0.0);
    for (View laid : Views.layoutsOf(x)) {
      View values = Views.result(DType.FLOAT64, Shape.of(1, 4));
      View places = Views.result(DType.INT64, Shape.of(1, 4));
      BACKEND.topK(laid, 1, true, values, places);
      assertThat(Views.reals(values)).containsExactly(NAN, 3, 3, 1);
      assertThat(Views.wholes(places)).containsExactly(2, 0, 3, 1);
      BACKEND.topK(laid, 1, false, values, places);
      assertThat(Views.reals(values)).containsExactly(-0.0, 0.0, 1, 3);
      assertThat(Views.wholes(places)).containsExactly(4, 5, 1, 0);
    }
  }

  @Test
  void topKOfLongsAlongTheFirstAxis() {
    long big = Long.MAX_VALUE;
    View x = Views.longs(Shape.of(3, 2), big - 1, 0, big, 2, big - 2, 1);
    View values = Views.result(DType.INT64, Shape.of(2, 2));
    View places = Views.result(DType.INT64, Shape.of(2, 2));
    BACKEND.topK(x, 0, true, values, places);
    assertThat(Views.wholes(values)).containsExactly(big, 2, big - 1, 1);
    assertThat(Views.wholes(places)).containsExactly(1, 1, 0, 2);
  }

  private static double[] reduce(ReduceOp op, View x, int... axes) {
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    View out = Views.result(x.dtype(), shape);
    BACKEND.reduce(op, x, axes, out);
    return Views.reals(out);
  }

  private static long[] argReduce(ArgReduceOp op, View x, int axis) {
    View out = Views.result(DType.INT64, x.shape().with(axis, 1));
    BACKEND.argReduce(op, x, axis, out);
    return Views.wholes(out);
  }

  private static double[] cumulativeSum(View x, int axis, boolean exclusive, boolean reverse) {
    View out = Views.result(x.dtype(), x.shape());
    BACKEND.cumulativeSum(x, axis, exclusive, reverse, out);
    return Views.reals(out);
  }
}
