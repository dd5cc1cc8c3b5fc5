package io.dendra.backend.reference;

import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/** Many elements to one: sums and products in float64 or int64. */
final class ReduceKernel {
  private ReduceKernel() {}

  static void run(ReduceOp op, View in, int[] axes, View out) {
    Elements from = Elements.of(in);
    Elements to = Elements.of(out);
    Layout source = in.layout();
    int[] kept = Odometer.others(source.rank(), axes);
    Odometer cells = Odometer.single(out.layout().permute(kept), source.permute(kept));
    Odometer runs = Odometer.inOrder(source.permute(axes));
    double[] reals = new double[Odometer.MAX_RUN];
    long[] wholes = new long[Odometer.MAX_RUN];
    while (cells.next()) {
      runs.restart(cells.at(1));
      if (from.isReal()) {
        to.setReal(cells.at(0), ofReals(op, from, runs, reals));
      } else {
        to.setWhole(cells.at(0), ofWholes(op, from, runs, wholes));
      }
    }
  }

  private static double ofReals(ReduceOp op, Elements from, Odometer runs, double[] run) {
    double result =
        switch (op) {
          case SUM -> 0;
          case PROD -> 1;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
          case ANY, ALL ->
              throw new IllegalArgumentException(
                  op + " takes booleans, given floats: compare first");
        };
    while (runs.next()) {
      from.read(runs.at(0), runs.step(0), run, 0, runs.length());
      for (int i = 0; i < runs.length(); i++) {
        result =
            switch (op) {
              case SUM -> result + run[i];
              case PROD -> result * run[i];
              case MAX -> Math.max(result, run[i]);
              case MIN -> Math.min(result, run[i]);
              case ANY, ALL -> result;
            };
      }
    }
    return result;
  }

  private static long ofWholes(ReduceOp op, Elements from, Odometer runs, long[] run) {
    long result =
        switch (op) {
          case SUM, ANY -> 0;
          case PROD, ALL -> 1;
          case MAX -> Long.MIN_VALUE;
          case MIN -> Long.MAX_VALUE;
        };
    while (runs.next()) {
      from.read(runs.at(0), runs.step(0), run, 0, runs.length());
      for (int i = 0; i < runs.length(); i++) {
        result =
            switch (op) {
              case SUM -> result + run[i];
              case PROD -> result * run[i];
              case MAX -> Math.max(result, run[i]);
              case MIN -> Math.min(result, run[i]);
              case ANY -> result | run[i];
              case ALL -> result & run[i];
            };
      }
    }
    return result;
  }
}
