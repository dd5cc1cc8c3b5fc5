package io.dendra.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  @Test
  void everyFloat16PatternComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfPrecision.float16ToFloat((short) bits);
      assertSame(value, float16((short) bits));
      short back = HalfPrecision.floatToFloat16(value);
      if (Float.isNaN(value)) {
        assertThat(HalfPrecision.float16ToFloat(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void everyBfloat16PatternComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfPrecision.bfloat16ToFloat((short) bits);
      short back = HalfPrecision.floatToBfloat16(value);
      if (Float.isNaN(value)) {
        assertThat(HalfPrecision.bfloat16ToFloat(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void betweenTwoFloat16TheNearerWinsAndHalvesGoToTheEvenOne() {
    for (int bits = 0; bits < 0x7BFF; bits++) {
      float low = HalfPrecision.float16ToFloat((short) bits);
      float high = HalfPrecision.float16ToFloat((short) (bits + 1));
      float middle = (low + high) / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertThat(HalfPrecision.floatToFloat16(middle)).isEqualTo((short) even);
      assertThat(HalfPrecision.floatToFloat16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfPrecision.floatToFloat16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(HalfPrecision.floatToFloat16(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void betweenTwoBfloat16TheNearerWinsAndHalvesGoToTheEvenOne() {
    for (int bits = 0; bits < 0x7F7F; bits++) {
      int even = bits % 2 == 0 ? bits : bits + 1;
      float middle = Float.intBitsToFloat(bits << 16 | 0x8000);
      assertThat(HalfPrecision.floatToBfloat16(middle)).isEqualTo((short) even);
      assertThat(HalfPrecision.floatToBfloat16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfPrecision.floatToBfloat16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void whatIsTooLargeBecomesInfinite() {
    assertThat(HalfPrecision.floatToFloat16(65519)).isEqualTo((short) 0x7BFF);
    assertThat(HalfPrecision.floatToFloat16(65520)).isEqualTo((short) 0x7C00);
    assertThat(HalfPrecision.floatToFloat16(-1e30f)).isEqualTo((short) 0xFC00);
    assertThat(HalfPrecision.floatToBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
  }

  /** By the definition of the format. */
  private static float float16(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    double sign = bits < 0 ? -1 : 1;
    if (exponent == 31) {
      return fraction != 0 ? Float.NaN : (float) (sign * Double.POSITIVE_INFINITY);
    }
    double magnitude =
        exponent == 0
            ? Math.scalb((double) fraction, -24)
            : Math.scalb(1024.0 + fraction, exponent - 25);
    return (float) (sign * magnitude);
  }

  private static void assertSame(float actual, float expected) {
    if (Float.compare(actual, expected) != 0) {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
