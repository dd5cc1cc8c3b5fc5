package io.dendra.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OdometerTest {
  private static final Shape SHAPE = Shape.of(3, 1, 4, 5);

  @Test
  void meetsEveryPairOfPlacesInRowMajorOrder() {
    Layout dense = Layout.contiguous(SHAPE);
    Layout permuted = Layout.contiguous(Shape.of(5, 4, 1, 3)).permute(3, 2, 1, 0);
    Layout broadcast = Layout.contiguous(Shape.of(4, 1)).expand(SHAPE);
    assertThat(places(Odometer.inOrder(dense, permuted, broadcast)))
        .isEqualTo(naive(dense, permuted, broadcast));
    assertThat(places(Odometer.single(dense, permuted, broadcast)))
        .isEqualTo(naive(dense, permuted, broadcast));
    assertThat(places(Odometer.anyOrder(permuted, dense, broadcast)))
        .containsExactlyInAnyOrderElementsOf(naive(permuted, dense, broadcast));
  }

  @Test
  void contiguousOperandsAreOneRun() {
    Layout dense = Layout.contiguous(Shape.of(8, 16, 4));
    Odometer runs = Odometer.inOrder(dense, dense);
    assertThat(runs.next()).isTrue();
    assertThat(runs.length()).isEqualTo(512);
    assertThat(runs.next()).isFalse();
  }

  @Test
  void longRunsAreCut() {
    Layout dense = Layout.contiguous(Shape.of(2 * Odometer.MAX_RUN + 3));
    assertThat(places(Odometer.inOrder(dense))).isEqualTo(naive(dense));
  }

  @Test
  void scalarsHaveOnePlaceAndEmptyShapesNone() {
    assertThat(places(Odometer.inOrder(Layout.of(Shape.scalar(), new long[0], 7))))
        .containsExactly(List.of(7));
    assertThat(places(Odometer.inOrder(Layout.contiguous(Shape.of(2, 0, 3))))).isEmpty();
    assertThat(places(Odometer.single(Layout.contiguous(Shape.of(0))))).isEmpty();
  }

  @Test
  void restartsElsewhere() {
    Odometer runs = Odometer.inOrder(Layout.contiguous(Shape.of(2)).permute(0));
    assertThat(places(runs)).containsExactly(List.of(0), List.of(1));
    runs.restart(10);
    assertThat(places(runs)).containsExactly(List.of(10), List.of(11));
  }

  private static List<List<Integer>> places(Odometer runs) {
    List<List<Integer>> places = new ArrayList<>();
    while (runs.next()) {
      for (int i = 0; i < runs.length(); i++) {
        List<Integer> place = new ArrayList<>();
        for (int k = 0; k < runs.operands(); k++) {
          place.add(runs.at(k) + i * runs.step(k));
        }
        places.add(place);
      }
    }
    return places;
  }

  private static List<List<Integer>> naive(Layout... layouts) {
    long[] dims = layouts[0].shape().dims();
    List<List<Integer>> places = new ArrayList<>();
    for (long n = 0; n < layouts[0].size(); n++) {
      List<Integer> place = new ArrayList<>();
      for (Layout layout : layouts) {
        long at = layout.offset();
        long rest = n;
        for (int d = dims.length - 1; d >= 0; d--) {
          at += rest % dims[d] * layout.stride(d);
          rest /= dims[d];
        }
        place.add((int) at);
      }
      places.add(place);
    }
    return places;
  }
}
