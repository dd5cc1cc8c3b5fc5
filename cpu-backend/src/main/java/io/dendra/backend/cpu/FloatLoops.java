package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.UnaryOp;
import java.nio.FloatBuffer;
import java.util.function.DoubleUnaryOperator;

/**
 * Rows of float32 arithmetic, each op a loop of its own, which the JIT compiler turns into vector
 * instructions where the steps are 1.
 */
final class FloatLoops {
  private FloatLoops() {}

  static boolean has(UnaryOp op) {
    return switch (op) {
      case NEG, ABS, SQUARE, SQRT, RECIPROCAL, RELU -> true;
      case SIGN,
          RSQRT,
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
          SOFTPLUS,
          ERF,
          FLOOR,
          CEIL,
          ROUND ->
          false;
    };
  }

  static boolean has(BinaryOp op) {
    return switch (op) {
      case ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM -> true;
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> false;
    };
  }

  static void map(
      DoubleUnaryOperator f, FloatBuffer x, int p, int s, FloatBuffer y, int q, int t, int n) {
    for (int i = 0; i < n; i++) {
      y.put(q + i * t, (float) f.applyAsDouble(x.get(p + i * s)));
    }
  }

  static void unary(UnaryOp op, FloatBuffer x, int p, int s, FloatBuffer y, int q, int t, int n) {
    if (s == 1 && t == 1) {
      dense(op, x.slice(p, n), y.slice(q, n), n);
    } else {
      map(Scalars.floating(op), x, p, s, y, q, t, n);
    }
  }

  private static void dense(UnaryOp op, FloatBuffer x, FloatBuffer y, int n) {
    switch (op) {
      case NEG -> {
        for (int i = 0; i < n; i++) {
          y.put(i, -x.get(i));
        }
      }
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y.put(i, Math.abs(x.get(i)));
        }
      }
      case SQUARE -> {
        for (int i = 0; i < n; i++) {
          float value = x.get(i);
          y.put(i, value * value);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y.put(i, (float) Math.sqrt(x.get(i)));
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          y.put(i, 1 / x.get(i));
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y.put(i, Math.max(0f, x.get(i)));
        }
      }
      case SIGN,
          RSQRT,
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
          SOFTPLUS,
          ERF,
          FLOOR,
          CEIL,
          ROUND ->
          map(Scalars.floating(op), x, 0, 1, y, 0, 1, n);
    }
  }

  static void binary(
      BinaryOp op, FloatBuffer a, FloatBuffer b, FloatBuffer y, int[] at, int[] step, int n) {
    if (step[0] == 1 && step[1] == 1 && step[2] == 1) {
      dense(op, a, at[0], b, at[1], y, at[2], n);
    } else if (step[0] == 1 && step[1] == 0 && step[2] == 1) {
      withScalar(op, a, b.get(at[1]), false, y, new int[] {at[0], at[2]}, UNIT, n);
    } else if (step[0] == 0 && step[1] == 1 && step[2] == 1) {
      withScalar(op, b, a.get(at[0]), true, y, new int[] {at[1], at[2]}, UNIT, n);
    } else {
      strided(op, a, b, y, at, step, n);
    }
  }

  private static final int[] UNIT = {1, 1};

  private static void dense(
      BinaryOp op,
      FloatBuffer left,
      int p,
      FloatBuffer right,
      int q,
      FloatBuffer to,
      int r,
      int n) {
    // The compiler makes vectors only of loops that index by their counter alone.
    FloatBuffer a = left.slice(p, n);
    FloatBuffer b = right.slice(q, n);
    FloatBuffer y = to.slice(r, n);
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y.put(i, a.get(i) + b.get(i));
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y.put(i, a.get(i) - b.get(i));
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y.put(i, a.get(i) * b.get(i));
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y.put(i, a.get(i) / b.get(i));
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          y.put(i, Math.max(a.get(i), b.get(i)));
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          y.put(i, Math.min(a.get(i), b.get(i)));
        }
      }
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
          throw new IllegalArgumentException(op + " has no float32 loop");
    }
  }

  private static void strided(
      BinaryOp op, FloatBuffer a, FloatBuffer b, FloatBuffer y, int[] at, int[] step, int n) {
    int p = at[0];
    int q = at[1];
    int r = at[2];
    for (int i = 0; i < n; i++) {
      y.put(r, apply(op, a.get(p), b.get(q)));
      p += step[0];
      q += step[1];
      r += step[2];
    }
  }

  static void withScalar(
      BinaryOp op,
      FloatBuffer a,
      float scalar,
      boolean scalarFirst,
      FloatBuffer y,
      int[] at,
      int[] step,
      int n) {
    int p = at[0];
    int q = at[1];
    int s = step[0];
    int t = step[1];
    if (s == 1 && t == 1 && op == BinaryOp.MUL) {
      scale(a.slice(p, n), scalar, y.slice(q, n), n);
    } else if (s == 1 && t == 1 && op == BinaryOp.ADD) {
      shift(a.slice(p, n), scalar, y.slice(q, n), n);
    } else if (scalarFirst) {
      for (int i = 0; i < n; i++) {
        y.put(q + i * t, apply(op, scalar, a.get(p + i * s)));
      }
    } else {
      for (int i = 0; i < n; i++) {
        y.put(q + i * t, apply(op, a.get(p + i * s), scalar));
      }
    }
  }

  private static void scale(FloatBuffer a, float scalar, FloatBuffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.put(i, a.get(i) * scalar);
    }
  }

  private static void shift(FloatBuffer a, float scalar, FloatBuffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.put(i, a.get(i) + scalar);
    }
  }

  private static float apply(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
          throw new IllegalArgumentException(op + " has no float32 loop");
    };
  }
}
