package io.dendra.backend.reference;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.Arrays;

/** Functions of two numbers, element by element. */
final class BinaryKernel {
  private BinaryKernel() {}

  static void run(BinaryOp op, View a, View b, View out) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    Odometer runs = Odometer.anyOrder(out.layout(), a.layout(), b.layout());
    if (left.isReal()) {
      double[] x = new double[Odometer.MAX_RUN];
      double[] y = new double[Odometer.MAX_RUN];
      while (runs.next()) {
        int n = runs.length();
        left.read(runs.at(1), runs.step(1), x, 0, n);
        right.read(runs.at(2), runs.step(2), y, 0, n);
        apply(op, x, y, x, n);
        to.write(runs.at(0), runs.step(0), x, 0, n);
      }
    } else {
      long[] x = new long[Odometer.MAX_RUN];
      long[] y = new long[Odometer.MAX_RUN];
      while (runs.next()) {
        int n = runs.length();
        left.read(runs.at(1), runs.step(1), x, 0, n);
        right.read(runs.at(2), runs.step(2), y, 0, n);
        apply(op, x, y, x, n);
        to.write(runs.at(0), runs.step(0), x, 0, n);
      }
    }
  }

  static void runScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    Elements from = Elements.of(a);
    Elements to = Elements.of(out);
    Odometer runs = Odometer.anyOrder(out.layout(), a.layout());
    if (from.isReal()) {
      double[] x = new double[Odometer.MAX_RUN];
      double[] y = new double[Odometer.MAX_RUN];
      // The scalar is an operand of the type as well.
      Arrays.fill(y, a.dtype() == DType.FLOAT64 ? scalar : (float) scalar);
      while (runs.next()) {
        int n = runs.length();
        from.read(runs.at(1), runs.step(1), x, 0, n);
        apply(op, scalarFirst ? y : x, scalarFirst ? x : y, x, n);
        to.write(runs.at(0), runs.step(0), x, 0, n);
      }
    } else {
      long[] x = new long[Odometer.MAX_RUN];
      long[] y = new long[Odometer.MAX_RUN];
      Arrays.fill(y, wholeScalar(a.dtype(), scalar));
      while (runs.next()) {
        int n = runs.length();
        from.read(runs.at(1), runs.step(1), x, 0, n);
        apply(op, scalarFirst ? y : x, scalarFirst ? x : y, x, n);
        to.write(runs.at(0), runs.step(0), x, 0, n);
      }
    }
  }

  private static long wholeScalar(DType dtype, double scalar) {
    if (dtype == DType.BOOL) {
      return scalar != 0 ? 1 : 0;
    }
    return dtype == DType.INT32 ? (int) scalar : (long) scalar;
  }

  private static void apply(BinaryOp op, double[] a, double[] b, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = apply(op, a[i], b[i]);
    }
  }

  private static void apply(BinaryOp op, long[] a, long[] b, long[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = apply(op, a[i], b[i]);
    }
  }

  private static double apply(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case POW -> pow(a, b);
      case MOD -> mod(a, b);
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case ATAN2 -> Math.atan2(a, b);
      case LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
          throw new IllegalArgumentException(op + " takes booleans, given floats: compare first");
    };
  }

  private static long apply(BinaryOp op, long a, long b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> b == 0 ? 0 : a / b;
      case MOD -> b == 0 ? 0 : Math.floorMod(a, b);
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case LOGICAL_AND -> a & b;
      case LOGICAL_OR -> a | b;
      case LOGICAL_XOR -> a ^ b;
      case POW, ATAN2 ->
          throw new IllegalArgumentException(op + " takes floats, given integers: cast them first");
    };
  }

  /** As IEEE 754 has it: {@code 1ʸ} is 1 and {@code (-1)^±∞} is 1, where Java gives NaN. */
  private static double pow(double a, double b) {
    boolean one = a == 1 || (a == -1 && Double.isInfinite(b));
    return one ? 1 : Math.pow(a, b);
  }

  /** Exact, unlike the formula with a rounded quotient. */
  private static double mod(double a, double b) {
    double remainder = a % b;
    boolean otherSign = remainder != 0 && (remainder < 0) != (b < 0);
    return otherSign ? remainder + b : remainder;
  }
}
