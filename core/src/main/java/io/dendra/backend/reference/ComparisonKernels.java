package io.dendra.backend.reference;

import io.dendra.backend.CompareOp;
import io.dendra.backend.View;

/** Comparison and choice, element by element. */
final class ComparisonKernels {
  private ComparisonKernels() {}

  static void compare(CompareOp op, View a, View b, View out) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    Odometer runs = Odometer.anyOrder(out.layout(), a.layout(), b.layout());
    long[] result = new long[Odometer.MAX_RUN];
    if (left.isReal()) {
      double[] x = new double[Odometer.MAX_RUN];
      double[] y = new double[Odometer.MAX_RUN];
      while (runs.next()) {
        int n = runs.length();
        left.read(runs.at(1), runs.step(1), x, 0, n);
        right.read(runs.at(2), runs.step(2), y, 0, n);
        for (int i = 0; i < n; i++) {
          result[i] = holds(op, x[i], y[i]) ? 1 : 0;
        }
        to.write(runs.at(0), runs.step(0), result, 0, n);
      }
    } else {
      long[] x = new long[Odometer.MAX_RUN];
      long[] y = new long[Odometer.MAX_RUN];
      while (runs.next()) {
        int n = runs.length();
        left.read(runs.at(1), runs.step(1), x, 0, n);
        right.read(runs.at(2), runs.step(2), y, 0, n);
        for (int i = 0; i < n; i++) {
          result[i] = holds(op, x[i], y[i]) ? 1 : 0;
        }
        to.write(runs.at(0), runs.step(0), result, 0, n);
      }
    }
  }

  static void where(View condition, View a, View b, View out) {
    Elements choice = Elements.of(condition);
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    Odometer runs = Odometer.anyOrder(out.layout(), condition.layout(), a.layout(), b.layout());
    long[] chosen = new long[Odometer.MAX_RUN];
    while (runs.next()) {
      int n = runs.length();
      choice.read(runs.at(1), runs.step(1), chosen, 0, n);
      for (int i = 0; i < n; i++) {
        int at = runs.at(0) + i * runs.step(0);
        if (chosen[i] != 0) {
          to.move(at, 1, left, runs.at(2) + i * runs.step(2), 1, 1);
        } else {
          to.move(at, 1, right, runs.at(3) + i * runs.step(3), 1, 1);
        }
      }
    }
  }

  private static boolean holds(CompareOp op, double a, double b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
    };
  }

  private static boolean holds(CompareOp op, long a, long b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
    };
  }
}
