package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.UnaryOp;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** The elementwise functions of one and two numbers. */
final class Scalars {
  private Scalars() {}

  static DoubleUnaryOperator floating(UnaryOp op) {
    return switch (op) {
      case NEG -> x -> -x;
      case ABS -> Math::abs;
      case SIGN -> Math::signum;
      case SQUARE -> x -> x * x;
      case SQRT -> Math::sqrt;
      case RSQRT -> x -> 1 / Math.sqrt(x);
      case RECIPROCAL -> x -> 1 / x;
      case EXP -> Math::exp;
      case EXPM1 -> Math::expm1;
      case LOG -> Math::log;
      case LOG1P -> Math::log1p;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case TAN -> Math::tan;
      case ATAN -> Math::atan;
      case SINH -> Math::sinh;
      case COSH -> Math::cosh;
      case TANH -> Math::tanh;
      case SIGMOID -> Scalars::sigmoid;
      case RELU -> Scalars::relu;
      case SOFTPLUS -> Scalars::softplus;
      case ERF -> Erf::of;
      case FLOOR -> Math::floor;
      case CEIL -> Math::ceil;
      case ROUND -> Math::rint;
    };
  }

  /** For the few ops that take integers. */
  static LongUnaryOperator integer(UnaryOp op) {
    return switch (op) {
      case NEG -> x -> -x;
      case ABS -> Math::abs;
      case SIGN -> Long::signum;
      case SQUARE -> x -> x * x;
      case SQRT,
          RSQRT,
          RECIPROCAL,
          EXP,
          EXPM1,
          LOG,
          LOG1P,
          SIN,
          COS,
          TAN,
          ATAN,
          SINH,
          COSH,
          TANH,
          SIGMOID,
          RELU,
          SOFTPLUS,
          ERF,
          FLOOR,
          CEIL,
          ROUND ->
          throw new IllegalArgumentException(op + " takes floats only");
    };
  }

  static DoubleBinaryOperator floating(BinaryOp op) {
    return switch (op) {
      case ADD -> Double::sum;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> a / b;
      case POW -> Scalars::pow;
      case MOD -> Scalars::mod;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case ATAN2 -> Math::atan2;
      case LOGICAL_AND -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
      case LOGICAL_OR -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
      case LOGICAL_XOR -> (a, b) -> (a != 0) != (b != 0) ? 1 : 0;
    };
  }

  static LongBinaryOperator integer(BinaryOp op) {
    return switch (op) {
      case ADD -> Long::sum;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> b == 0 ? 0 : a / b;
      case MOD -> (a, b) -> b == 0 ? 0 : Math.floorMod(a, b);
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case LOGICAL_AND -> (a, b) -> a != 0 && b != 0 ? 1 : 0;
      case LOGICAL_OR -> (a, b) -> a != 0 || b != 0 ? 1 : 0;
      case LOGICAL_XOR -> (a, b) -> (a != 0) != (b != 0) ? 1 : 0;
      case POW, ATAN2 -> throw new IllegalArgumentException(op + " takes floats only");
    };
  }

  /** The logistic function without overflow. */
  static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  /** NaN stays NaN. */
  static double relu(double x) {
    return x <= 0 ? 0 : x;
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** As IEEE 754 has it: {@code 1ʸ} is 1 and {@code (-1)^±∞} is 1, where Java gives NaN. */
  private static double pow(double a, double b) {
    boolean one = a == 1 || (a == -1 && Double.isInfinite(b));
    return one ? 1 : Math.pow(a, b);
  }

  private static double mod(double a, double b) {
    double remainder = a % b;
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
  }
}
