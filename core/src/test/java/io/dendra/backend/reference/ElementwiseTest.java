package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElementwiseTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  @ParameterizedTest
  @CsvSource({
    "NEG, 0.5, -0.5",
    "ABS, -0.5, 0.5",
    "SIGN, -0.5, -1",
    "SQUARE, -0.5, 0.25",
    "SQRT, 2, 1.4142135623730951",
    "RSQRT, 4, 0.5",
    "RECIPROCAL, 8, 0.125",
    "EXP, 1, 2.718281828459045",
    "EXPM1, 1e-10, 1.00000000005e-10",
    "LOG, 10, 2.302585092994046",
    "LOG1P, 1e-10, 9.9999999995e-11",
    "SIN, 1, 0.8414709848078965",
    "COS, 1, 0.5403023058681398",
    "TAN, 1, 1.5574077246549023",
    "ATAN, 1, 0.7853981633974483",
    "SINH, 1, 1.1752011936438014",
    "COSH, 1, 1.543080634815244",
    "TANH, 1, 0.7615941559557649",
    "SIGMOID, 1, 0.7310585786300049",
    "RELU, -1, 0",
    "SOFTPLUS, 1, 1.3132616875182228",
    "ERF, 1, 0.8427007929497149",
    "FLOOR, -0.5, -1",
    "CEIL, -1.5, -1",
    "ROUND, 2.5, 2",
  })
  void unaryValues(UnaryOp op, double x, double expected) {
    assertThat(unary(op, x)).isCloseTo(expected, within(Math.abs(expected) * 4e-16));
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void unaryIsTheSameInEveryLayoutAndPassesNaNOn(UnaryOp op) {
    View x = Views.sample(1, 3, 4, 5);
    BACKEND.binaryScalar(BinaryOp.ADD, x, 2, false, x);
    double[] expected = new double[60];
    double[] values = Views.reals(x);
    for (int i = 0; i < values.length; i++) {
      expected[i] = unary(op, values[i]);
    }
    for (View laid : Views.layoutsOf(x)) {
      View out = Views.result(DType.FLOAT64, x.shape());
      BACKEND.unary(op, laid, out);
      assertThat(Views.reals(out)).isEqualTo(expected);
    }
    assertThat(unary(op, NAN)).isNaN();
  }

  @Test
  void extremesStayFinite() {
    assertThat(unary(UnaryOp.SIGMOID, -1000)).isZero();
    assertThat(unary(UnaryOp.SIGMOID, 1000)).isEqualTo(1);
    assertThat(unary(UnaryOp.SIGMOID, -40)).isCloseTo(Math.exp(-40), within(1e-32));
    assertThat(unary(UnaryOp.SOFTPLUS, 1000)).isEqualTo(1000);
    assertThat(unary(UnaryOp.SOFTPLUS, -40)).isCloseTo(Math.exp(-40), within(1e-32));
  }

  @Test
  void unaryOfIntegersIsExact() {
    View x = Views.longs(Shape.of(3), (1L << 62) + 1, -7, 0);
    assertThat(wholes(UnaryOp.NEG, x)).containsExactly(-(1L << 62) - 1, 7, 0);
    assertThat(wholes(UnaryOp.ABS, x)).containsExactly((1L << 62) + 1, 7, 0);
    assertThat(wholes(UnaryOp.SIGN, x)).containsExactly(1, -1, 0);
    assertThatThrownBy(() -> wholes(UnaryOp.EXP, x)).hasMessageContaining("EXP takes floats");
  }

  @ParameterizedTest
  @CsvSource({
    "ADD, 2, 3, 5",
    "SUB, 2, 3, -1",
    "MUL, 2, 3, 6",
    "DIV, 3, 2, 1.5",
    "DIV, 1, 0, Infinity",
    "POW, 2, 0.5, 1.4142135623730951",
    "POW, 1, NaN, 1",
    "POW, NaN, 0, 1",
    "MOD, 5.5, 3, 2.5",
    "MOD, -5.5, 3, 0.5",
    "MOD, 5.5, -3, -0.5",
    "MAXIMUM, 2, 3, 3",
    "MAXIMUM, NaN, 3, NaN",
    "MAXIMUM, 3, NaN, NaN",
    "MINIMUM, 2, 3, 2",
    "MINIMUM, 3, NaN, NaN",
    "ATAN2, 1, -1, 2.356194490192345",
  })
  void binaryValues(BinaryOp op, double a, double b, double expected) {
    View out = Views.result(DType.FLOAT64, Shape.scalar());
    BACKEND.binary(op, Views.doubles(Shape.scalar(), a), Views.doubles(Shape.scalar(), b), out);
    assertThat(Views.reals(out)).containsExactly(expected);
    BACKEND.binaryScalar(op, Views.doubles(Shape.scalar(), a), b, false, out);
    assertThat(Views.reals(out)).containsExactly(expected);
    BACKEND.binaryScalar(op, Views.doubles(Shape.scalar(), b), a, true, out);
    assertThat(Views.reals(out)).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "ADD, 9223372036854775806, 1, 9223372036854775807",
    "MUL, 3037000499, 3037000499, 9223372030926249001",
    "DIV, -7, 2, -3",
    "DIV, 7, 0, 0",
    "MOD, -7, 3, 2",
    "MOD, 7, -3, -2",
    "MOD, 7, 0, 0",
    "MAXIMUM, 9223372036854775807, 9223372036854775806, 9223372036854775807",
    "MINIMUM, -1, 1, -1",
  })
  void binaryValuesOfIntegers(BinaryOp op, long a, long b, long expected) {
    View out = Views.result(DType.INT64, Shape.scalar());
    BACKEND.binary(op, Views.longs(Shape.scalar(), a), Views.longs(Shape.scalar(), b), out);
    assertThat(Views.wholes(out)).containsExactly(expected);
  }

  @Test
  void int32WrapsAround() {
    View a = Views.fromHost(DType.INT32, Shape.of(1), new int[] {Integer.MAX_VALUE});
    View out = Views.result(DType.INT32, Shape.of(1));
    BACKEND.binaryScalar(BinaryOp.ADD, a, 1, false, out);
    assertThat(Views.wholes(out)).containsExactly(Integer.MIN_VALUE);
  }

  @Test
  void float32IsRoundedOnce() {
    View a = Views.fromHost(DType.FLOAT32, Shape.of(1), new float[] {1.1f});
    View out = Views.result(DType.FLOAT32, Shape.of(1));
    BACKEND.binaryScalar(BinaryOp.MUL, a, 0.1, false, out);
    assertThat(Views.reals(out)).containsExactly(1.1f * 0.1f);
  }

  @Test
  void operandsBroadcastByStrideZero() {
    Shape shape = Shape.of(2, 3);
    View row = Views.doubles(Shape.of(3), 1, 2, 3);
    View column = Views.doubles(Shape.of(2, 1), 10, 20);
    View out = Views.result(DType.FLOAT64, shape);
    BACKEND.binary(
        BinaryOp.ADD,
        row.with(row.layout().expand(shape)),
        column.with(column.layout().expand(shape)),
        out);
    assertThat(Views.reals(out)).containsExactly(11, 12, 13, 21, 22, 23);
  }

  @Test
  void outputsMayLieInAnotherOrder() {
    View a = Views.sample(3, 4, 5, 6);
    View b = Views.sample(4, 4, 5, 6);
    View plain = Views.result(DType.FLOAT64, a.shape());
    BACKEND.binary(BinaryOp.SUB, a, b, plain);
    for (View out : Views.layoutsOf(Views.sample(5, 4, 5, 6))) {
      BACKEND.binary(BinaryOp.SUB, a, b, out);
      assertThat(Views.reals(out)).isEqualTo(Views.reals(plain));
    }
  }

  @Test
  void logicOfBooleans() {
    Shape four = Shape.of(4);
    View a = Views.bools(four, true, true, false, false);
    View b = Views.bools(four, true, false, true, false);
    View out = Views.result(DType.BOOL, four);
    BACKEND.binary(BinaryOp.LOGICAL_AND, a, b, out);
    assertThat(Views.wholes(out)).containsExactly(1, 0, 0, 0);
    BACKEND.binary(BinaryOp.LOGICAL_OR, a, b, out);
    assertThat(Views.wholes(out)).containsExactly(1, 1, 1, 0);
    BACKEND.binary(BinaryOp.LOGICAL_XOR, a, b, out);
    assertThat(Views.wholes(out)).containsExactly(0, 1, 1, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "EQ, 0 1 0 0 0",
    "NE, 1 0 1 1 1",
    "LT, 1 0 0 0 0",
    "LE, 1 1 0 0 0",
    "GT, 0 0 1 0 0",
    "GE, 0 1 1 0 0",
  })
  void comparisons(CompareOp op, String expected) {
    View a = Views.doubles(Shape.of(5), 1, 2, INF, NAN, NAN);
    View b = Views.doubles(Shape.of(5), 2, 2, 2, 2, NAN);
    View out = Views.result(DType.BOOL, Shape.of(5));
    BACKEND.compare(op, a, b, out);
    assertThat(Views.wholes(out))
        .containsExactly(Arrays.stream(expected.split(" ")).mapToLong(Long::parseLong).toArray());
  }

  @Test
  void longsCompareExactly() {
    View a = Views.longs(Shape.of(1), Long.MAX_VALUE);
    View b = Views.longs(Shape.of(1), Long.MAX_VALUE - 1);
    View out = Views.result(DType.BOOL, Shape.of(1));
    BACKEND.compare(CompareOp.EQ, a, b, out);
    assertThat(Views.wholes(out)).containsExactly(0);
  }

  @Test
  void whereChooses() {
    Shape shape = Shape.of(2, 2);
    View condition = Views.bools(shape, true, false, false, true);
    View a = Views.longs(shape, 1, 2, 3, Long.MAX_VALUE);
    View zero = Views.longs(Shape.scalar(), 0);
    View out = Views.result(DType.INT64, shape);
    BACKEND.where(condition, a, zero.with(zero.layout().expand(shape)), out);
    assertThat(Views.wholes(out)).containsExactly(1, 0, 0, Long.MAX_VALUE);
  }

  @Test
  void emptyOperandsAreFine() {
    Shape empty = Shape.of(2, 0);
    View x = Views.doubles(empty);
    View out = Views.result(DType.FLOAT64, empty);
    BACKEND.unary(UnaryOp.EXP, x, out);
    BACKEND.binary(BinaryOp.ADD, x, x, out);
    assertThat(Views.reals(out)).isEmpty();
  }

  private static double unary(UnaryOp op, double x) {
    View out = Views.result(DType.FLOAT64, Shape.scalar());
    BACKEND.unary(op, Views.doubles(Shape.scalar(), x), out);
    return Views.reals(out)[0];
  }

  private static long[] wholes(UnaryOp op, View x) {
    View out = Views.result(x.dtype(), x.shape());
    BACKEND.unary(op, x, out);
    return Views.wholes(out);
  }
}
