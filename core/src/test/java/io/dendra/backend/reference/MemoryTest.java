package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final double N = Double.NaN;
  private static final Shape THREE = Shape.of(3);

  @Test
  void isFoundAsAService() {
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("reference"))
            .findFirst()
            .orElseThrow();
    assertThat(provider.availability().available()).isTrue();
    assertThat(provider.open(1).device()).hasToString("reference:1");
    assertThatThrownBy(() -> provider.open(4))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("reference:4");
  }

  @Test
  void moreThanAnArrayHoldsIsRefused() {
    assertThat(BACKEND.allocate(1L << 31)).isNull();
    assertThat(BACKEND.allocate(12).byteSize()).isEqualTo(12);
  }

  @Test
  void useAfterFreeIsAnError() {
    Buffer buffer = BACKEND.allocate(4);
    View view = new View(buffer, DType.FLOAT32, Layout.contiguous(Shape.of(1)));
    BACKEND.free(buffer);
    assertThatThrownBy(() -> BACKEND.fill(view, 1)).hasMessageContaining("freed");
    assertThatThrownBy(() -> BACKEND.free(buffer)).hasMessageContaining("freed");
  }

  @Test
  void hostArraysComeBackFromTheirStart() {
    float[] floats = {9, 1.5f, -2, Float.NaN};
    View view = Views.result(DType.FLOAT32, Layout.of(THREE, new long[] {1}, 2));
    BACKEND.fromHost(floats, 1, view);
    float[] back = new float[5];
    BACKEND.toHost(view, back, 2);
    assertThat(back).containsExactly(0, 0, 1.5f, -2, Float.NaN);

    long[] longs = {Long.MAX_VALUE, Long.MIN_VALUE + 1, 3};
    long[] longsBack = new long[3];
    BACKEND.toHost(Views.longs(THREE, longs), longsBack, 0);
    assertThat(longsBack).isEqualTo(longs);

    int[] ints = {Integer.MIN_VALUE, 0, 7};
    int[] intsBack = new int[3];
    BACKEND.toHost(Views.fromHost(DType.INT32, THREE, ints), intsBack, 0);
    assertThat(intsBack).isEqualTo(ints);

    short[] halves = {0x3C00, (short) 0xFE01, 1};
    short[] halvesBack = new short[3];
    BACKEND.toHost(Views.fromHost(DType.FLOAT16, THREE, halves), halvesBack, 0);
    assertThat(halvesBack).isEqualTo(halves);

    byte[] bools = new byte[3];
    BACKEND.toHost(Views.bools(THREE, true, false, true), bools, 0);
    assertThat(bools).containsExactly(1, 0, 1);
  }

  @Test
  void theWrongHostArrayIsNamed() {
    View view = Views.result(DType.FLOAT32, THREE);
    assertThatThrownBy(() -> BACKEND.fromHost(new int[3], 0, view))
        .hasMessage("float32 elements are a float[] on the host, given int[]");
  }

  @Test
  void fillSetsEveryElementAndNoOther() {
    View view = Views.result(DType.FLOAT64, Layout.of(Shape.of(2, 2), new long[] {6, 2}, 1));
    BACKEND.fill(view, 2.5);
    assertThat(Views.reals(view.with(Layout.contiguous(Shape.of(10)))))
        .containsExactly(N, 2.5, N, 2.5, N, N, N, 2.5, N, 2.5);
    View ints = Views.result(DType.INT32, THREE);
    BACKEND.fill(ints, -2.9);
    assertThat(Views.wholes(ints)).containsExactly(-2, -2, -2);
    View bools = Views.result(DType.BOOL, THREE);
    BACKEND.fill(bools, 0.1);
    assertThat(Views.wholes(bools)).containsExactly(1, 1, 1);
  }

  @Test
  void copiesKeepEveryBitInAnyLayout() {
    short[] bits = {0x3C00, (short) 0xFE01, 1, 2, 3, 0x7C01};
    View view = Views.fromHost(DType.BFLOAT16, Shape.of(2, 3), bits);
    for (View laid : Views.layoutsOf(view)) {
      View out = Views.result(DType.BFLOAT16, view.shape());
      BACKEND.copy(laid, out);
      short[] back = new short[6];
      BACKEND.toHost(out, back, 0);
      assertThat(back).isEqualTo(bits);
    }
    View row = Views.longs(THREE, 1, 2, Long.MAX_VALUE);
    View twice = Views.result(DType.INT64, Shape.of(2, 3));
    BACKEND.copy(row.with(row.layout().expand(Shape.of(2, 3))), twice);
    assertThat(Views.wholes(twice)).containsExactly(1, 2, Long.MAX_VALUE, 1, 2, Long.MAX_VALUE);
  }

  @Test
  void floatsBecomeIntegersTowardsZeroAndWithinBounds() {
    View x =
        Views.doubles(Shape.of(6), 2.9, -2.9, Double.NaN, 1e30, -1e30, Double.POSITIVE_INFINITY);
    assertThat(Views.wholes(Views.cast(x, DType.INT32)))
        .containsExactly(2, -2, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE);
    assertThat(Views.wholes(Views.cast(x, DType.INT64)))
        .containsExactly(2, -2, 0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(Views.wholes(Views.cast(x, DType.BOOL))).containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(Views.wholes(Views.cast(Views.doubles(THREE, 0, -0.0, 1e-300), DType.BOOL)))
        .containsExactly(0, 0, 1);
  }

  @Test
  void longsBecomeTheNearestFloat() {
    long awkward = (1L << 60) + (1L << 36) + 1;
    View x = Views.longs(THREE, Long.MAX_VALUE, awkward, -awkward);
    assertThat(Views.reals(Views.cast(x, DType.FLOAT32)))
        .containsExactly((float) Long.MAX_VALUE, (float) awkward, (float) -awkward);
  }

  @Test
  void sixteenBitsAreRoundedOnce() {
    // A little above the middle of two float16: rounded to float32 first, it would be the middle.
    double above = 1 + 0x1p-11 + 0x1p-40;
    short[] bits = new short[3];
    View x = Views.doubles(THREE, above, -above, 1 + 0x1p-11);
    BACKEND.toHost(Views.cast(x, DType.FLOAT16), bits, 0);
    assertThat(bits).containsExactly((short) 0x3C01, (short) 0xBC01, (short) 0x3C00);

    long aboveMiddle = (1L << 62) + (1L << 54) + 1;
    View longs = Views.longs(THREE, aboveMiddle, -aboveMiddle, aboveMiddle - 1);
    BACKEND.toHost(Views.cast(longs, DType.BFLOAT16), bits, 0);
    short up = HalfPrecision.floatToBfloat16(0x1.02p62f);
    assertThat(bits)
        .containsExactly(up, (short) (up | 0x8000), HalfPrecision.floatToBfloat16(0x1p62f));
  }
}
