package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.UnaryOp;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FloatFunctionsTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  @ParameterizedTest
  @EnumSource(
      value = UnaryOp.class,
      names = {"EXP", "LOG", "TANH", "SIGMOID", "SOFTPLUS", "ERF"})
  void areCloseToDouble(UnaryOp op) {
    DoubleUnaryOperator exact = Scalars.floating(op);
    float[] x = new float[Blocks.LENGTH];
    float[] y = new float[Blocks.LENGTH];
    // Every 1009th float there is.
    int bits = Integer.MIN_VALUE;
    while (bits < Integer.MAX_VALUE - 1009 * x.length) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(bits);
        bits += 1009;
      }
      FloatLoops.unary(op, Blocks.own(), x, y, x.length);
      for (int i = 0; i < x.length; i++) {
        float expected = (float) exact.applyAsDouble(x[i]);
        boolean same = Float.compare(expected, y[i]) == 0;
        if (!same && !(Math.abs(expected - y[i]) <= 6e-7f * Math.abs(expected) + 3e-38f)) {
          assertThat(y[i]).as("%s of %s", op, x[i]).isEqualTo(Float.valueOf(expected));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = UnaryOp.class,
      names = {"EXP", "LOG", "TANH", "SIGMOID", "SOFTPLUS", "ERF"})
  void areRightAtTheEnds(UnaryOp op) {
    DoubleUnaryOperator exact = Scalars.floating(op);
    float[] x = {0, -0f, INF, -INF, Float.NaN, 1e-40f, -1e-40f, 88.72f, 89, -104, 1e30f, -1e30f};
    float[] y = new float[x.length];
    FloatLoops.unary(op, Blocks.own(), x, y, x.length);
    for (int i = 0; i < x.length; i++) {
      float expected = (float) exact.applyAsDouble(x[i]);
      if (Float.isNaN(expected) || Float.isInfinite(expected)) {
        assertThat(y[i]).as("%s of %s", op, x[i]).isEqualTo(Float.valueOf(expected));
      } else {
        float bound = 6e-7f * Math.abs(expected) + 3e-38f;
        assertThat(y[i]).as("%s of %s", op, x[i]).isEqualTo(expected, within(bound));
      }
    }
  }
}
