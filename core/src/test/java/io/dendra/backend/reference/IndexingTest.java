package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.Test;

class IndexingTest {
  private static final View INDICES = Views.longs(Shape.of(2, 2), 3, 0, 3, 1);

  @Test
  void gathersSlicesOfTheMiddleAxis() {
    View in = Views.sample(1, 2, 4, 3);
    double[] x = Views.reals(in);
    double[] expected = new double[2 * 4 * 3];
    long[] indices = Views.wholes(INDICES);
    for (int p = 0; p < 2; p++) {
      for (int i = 0; i < 4; i++) {
        for (int s = 0; s < 3; s++) {
          expected[(p * 4 + i) * 3 + s] = x[(p * 4 + (int) indices[i]) * 3 + s];
        }
      }
    }
    for (View laid : Views.layoutsOf(in)) {
      for (View places : Views.layoutsOf(INDICES)) {
        for (View out : Views.layoutsOf(Views.sample(2, 2, 2, 2, 3))) {
          BACKEND.gather(laid, places, 1, out);
          assertThat(Views.reals(out)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void scatterAddIsTheAdjointOfGather() {
    View in = Views.sample(1, 2, 4, 3);
    View gathered = Views.result(DType.FLOAT64, Shape.of(2, 2, 2, 3));
    BACKEND.gather(in, INDICES, 1, gathered);
    for (View updates : Views.layoutsOf(Views.sample(2, 2, 2, 2, 3))) {
      for (View out : Views.layoutsOf(Views.sample(3, 2, 4, 3))) {
        BACKEND.scatterAdd(INDICES, updates, 1, out);
        assertThat(Views.dot(in, out)).isCloseTo(Views.dot(gathered, updates), within(1e-13));
      }
    }
  }

  @Test
  void scatterAddAddsUpEqualIndices() {
    View updates = Views.doubles(Shape.of(3, 2), 1, 2, 10, 20, 100, 200);
    View out = Views.result(DType.FLOAT64, Shape.of(4, 2));
    BACKEND.scatterAdd(Views.longs(Shape.of(3), 2, 0, 2), updates, 0, out);
    assertThat(Views.reals(out)).containsExactly(10, 20, 0, 0, 101, 202, 0, 0);
    View whole = Views.result(DType.INT64, Shape.of(2));
    View longs = Views.longs(Shape.of(2), 1L << 60, 1);
    BACKEND.scatterAdd(Views.longs(Shape.of(2), 1, 1), longs, 0, whole);
    assertThat(Views.wholes(whole)).containsExactly(0, (1L << 60) + 1);
  }

  @Test
  void scalarIndexDropsTheAxis() {
    View in = Views.doubles(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    View out = Views.result(DType.FLOAT64, Shape.of(2));
    BACKEND.gather(in, Views.longs(Shape.scalar(), 2), 1, out);
    assertThat(Views.reals(out)).containsExactly(3, 6);
  }

  @Test
  void takesAlongAnAxis() {
    View in = Views.doubles(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    View indices = Views.longs(Shape.of(2, 2), 2, 0, 1, 1);
    for (View laid : Views.layoutsOf(in)) {
      for (View places : Views.layoutsOf(indices)) {
        View out = Views.result(DType.FLOAT64, Shape.of(2, 2));
        BACKEND.takeAlong(laid, places, 1, out);
        assertThat(Views.reals(out)).containsExactly(3, 1, 5, 5);
      }
    }
  }

  @Test
  void putsAlongAnAxis() {
    View indices = Views.longs(Shape.of(2, 2), 2, 0, 1, 1);
    View updates = Views.doubles(Shape.of(2, 2), 1, 2, 3, 4);
    for (View laid : Views.layoutsOf(updates)) {
      for (View out : Views.layoutsOf(Views.sample(1, 2, 3))) {
        BACKEND.putAlongAdd(indices, laid, 1, out);
        assertThat(Views.reals(out)).containsExactly(2, 0, 1, 0, 7, 0);
      }
    }
  }

  @Test
  void indicesOutOfRangeAreRefused() {
    View in = Views.doubles(Shape.of(2), 1, 2);
    View out = Views.result(DType.FLOAT64, Shape.of(1));
    for (long index : new long[] {-1, 2, 1L << 32}) {
      View place = Views.longs(Shape.of(1), index);
      assertThatThrownBy(() -> BACKEND.gather(in, place, 0, out))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("index " + index + " is outside an axis of length 2");
      assertThatThrownBy(() -> BACKEND.takeAlong(in, place, 0, out))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> BACKEND.scatterAdd(place, out, 0, in))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> BACKEND.putAlongAdd(place, out, 0, in))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void noIndicesGatherNothingAndScatterZeros() {
    View none = Views.longs(Shape.of(0));
    View out = Views.result(DType.FLOAT64, Shape.of(2));
    BACKEND.scatterAdd(none, Views.doubles(Shape.of(0)), 0, out);
    assertThat(Views.reals(out)).containsExactly(0, 0);
    View gathered = Views.result(DType.FLOAT64, Shape.of(0));
    BACKEND.gather(out, none, 0, gathered);
    assertThat(Views.reals(gathered)).isEmpty();
  }
}
