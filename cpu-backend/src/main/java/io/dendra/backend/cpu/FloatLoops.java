package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.UnaryOp;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Float32 functions over arrays, each a loop of its own, which the JIT compiler turns into vector
 * instructions; those that are rare go through double one by one. The result may be an operand.
 */
final class FloatLoops {
  private FloatLoops() {}

  /** About how many simple steps an element takes. */
  static int cost(UnaryOp op) {
    return switch (op) {
      case NEG, ABS, SQUARE, RELU -> 1;
      case SQRT, RSQRT, RECIPROCAL -> 2;
      case TANH, ERF, EXP, SIGMOID, SOFTPLUS, LOG -> 6;
      case SIGN, EXPM1, LOG1P, SIN, COS, TAN, ATAN, SINH, COSH, FLOOR, CEIL, ROUND -> 12;
    };
  }

  /** About how many simple steps an element takes. */
  static int cost(BinaryOp op) {
    return switch (op) {
      case ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM -> 1;
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> 24;
    };
  }

  /** By the engine's function, if it has one and is given. */
  static void unary(UnaryOp op, RangeFunctions ranges, Blocks blocks, float[] x, float[] y, int n) {
    if (ranges != null && ranges.has(op)) {
      blocks.apply(ranges, op, x, y, n);
    } else {
      unary(op, blocks, x, y, n);
    }
  }

  static void unary(UnaryOp op, Blocks blocks, float[] x, float[] y, int n) {
    switch (op) {
      case NEG -> negate(x, y, n);
      case ABS -> abs(x, y, n);
      case SQUARE -> square(x, y, n);
      case SQRT -> sqrt(x, y, n);
      case RSQRT -> rsqrt(x, y, n);
      case RECIPROCAL -> reciprocal(x, y, n);
      case RELU -> relu(x, y, n);
      case TANH -> FloatFunctions.tanh(x, y, n);
      case ERF -> FloatFunctions.erf(x, y, n);
      case EXP -> FloatFunctions.exp(blocks, x, y, n);
      case SIGMOID -> FloatFunctions.sigmoid(blocks, x, y, n);
      case SOFTPLUS -> FloatFunctions.softplus(blocks, x, y, n);
      case LOG -> FloatFunctions.log(blocks, x, y, n);
      case SIGN, EXPM1, LOG1P, SIN, COS, TAN, ATAN, SINH, COSH, FLOOR, CEIL, ROUND ->
          map(Scalars.floating(op), x, y, n);
    }
  }

  private static void map(DoubleUnaryOperator f, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) f.applyAsDouble(x[i]);
    }
  }

  private static void negate(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -x[i];
    }
  }

  private static void abs(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.abs(x[i]);
    }
  }

  private static void square(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * x[i];
    }
  }

  private static void sqrt(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) Math.sqrt(x[i]);
    }
  }

  private static void rsqrt(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 1 / (float) Math.sqrt(x[i]);
    }
  }

  private static void reciprocal(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 1 / x[i];
    }
  }

  private static void relu(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(0f, x[i]);
    }
  }

  static void binary(BinaryOp op, float[] a, float[] b, float[] y, int n) {
    switch (op) {
      case ADD -> add(a, b, y, n);
      case SUB -> subtract(a, b, y, n);
      case MUL -> multiply(a, b, y, n);
      case DIV -> divide(a, b, y, n);
      case MAXIMUM -> maximum(a, b, y, n);
      case MINIMUM -> minimum(a, b, y, n);
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
          map(Scalars.floating(op), a, b, y, n);
    }
  }

  private static void map(DoubleBinaryOperator f, float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) f.applyAsDouble(a[i], b[i]);
    }
  }

  private static void add(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + b[i];
    }
  }

  private static void subtract(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] - b[i];
    }
  }

  private static void multiply(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * b[i];
    }
  }

  private static void divide(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] / b[i];
    }
  }

  private static void maximum(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], b[i]);
    }
  }

  private static void minimum(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(a[i], b[i]);
    }
  }

  /** {@code op(a, s)}, or {@code op(s, a)}. */
  static void withScalar(BinaryOp op, float[] a, float s, boolean first, float[] y, int n) {
    switch (op) {
      case ADD -> shift(a, s, y, n);
      case SUB -> {
        if (first) {
          subtractFrom(s, a, y, n);
        } else {
          shift(a, -s, y, n);
        }
      }
      case MUL -> scale(a, s, y, n);
      case DIV -> {
        if (first) {
          divideBy(s, a, y, n);
        } else {
          divide(a, s, y, n);
        }
      }
      case MAXIMUM -> maximum(a, s, y, n);
      case MINIMUM -> minimum(a, s, y, n);
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> {
        DoubleBinaryOperator f = Scalars.floating(op);
        double other = s;
        map(first ? x -> f.applyAsDouble(other, x) : x -> f.applyAsDouble(x, other), a, y, n);
      }
    }
  }

  private static void scale(float[] a, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * s;
    }
  }

  private static void shift(float[] a, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + s;
    }
  }

  /** {@code a factor + s}, each rounded, as the two would be one after the other. */
  static void affine(float[] a, float factor, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * factor + s;
    }
  }

  private static void subtractFrom(float s, float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = s - a[i];
    }
  }

  private static void divide(float[] a, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] / s;
    }
  }

  private static void divideBy(float s, float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = s / a[i];
    }
  }

  private static void maximum(float[] a, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], s);
    }
  }

  private static void minimum(float[] a, float s, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(a[i], s);
    }
  }
}
