package io.dendra.backend.reference;

import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;

/** Functions of one number, element by element. */
final class UnaryKernel {
  private UnaryKernel() {}

  static void run(UnaryOp op, View x, View out) {
    Elements from = Elements.of(x);
    Elements to = Elements.of(out);
    Odometer runs = Odometer.anyOrder(out.layout(), x.layout());
    if (from.isReal()) {
      double[] run = new double[Odometer.MAX_RUN];
      while (runs.next()) {
        from.read(runs.at(1), runs.step(1), run, 0, runs.length());
        for (int i = 0; i < runs.length(); i++) {
          run[i] = apply(op, run[i]);
        }
        to.write(runs.at(0), runs.step(0), run, 0, runs.length());
      }
    } else {
      long[] run = new long[Odometer.MAX_RUN];
      while (runs.next()) {
        from.read(runs.at(1), runs.step(1), run, 0, runs.length());
        for (int i = 0; i < runs.length(); i++) {
          run[i] = apply(op, run[i]);
        }
        to.write(runs.at(0), runs.step(0), run, 0, runs.length());
      }
    }
  }

  private static double apply(UnaryOp op, double x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TAN -> Math.tan(x);
      case ATAN -> Math.atan(x);
      case SINH -> Math.sinh(x);
      case COSH -> Math.cosh(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case RELU -> Math.max(x, 0);
      // log(1 + exp x) without overflow.
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ERF -> Erf.of(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
    };
  }

  private static long apply(UnaryOp op, long x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> x < 0 ? -x : x;
      case SIGN -> Long.signum(x);
      case SQUARE -> x * x;
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
          throw new IllegalArgumentException(op + " takes floats, given integers: cast them first");
    };
  }

  /** Takes the exponential of negative numbers only, which cannot overflow. */
  private static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double power = Math.exp(x);
    return power / (1 + power);
  }
}
