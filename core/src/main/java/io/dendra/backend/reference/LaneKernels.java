package io.dendra.backend.reference;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.Arrays;
import java.util.Comparator;

/** Work along one axis: places of extremes, running sums, and order. */
final class LaneKernels {
  private LaneKernels() {}

  static void argReduce(ArgReduceOp op, View in, int axis, View out) {
    Elements from = Elements.of(in);
    Elements to = Elements.of(out);
    Lane lane = new Lane(from, axis);
    Odometer lanes = Odometer.across(axis, in.layout(), out.layout());
    while (lanes.next()) {
      lane.read(lanes.at(0));
      int best = 0;
      for (int i = 1; i < lane.length; i++) {
        int order = lane.compare(i, best);
        boolean better =
            switch (op) {
              case ARGMAX -> order > 0;
              case ARGMIN -> !lane.isNaN(best) && (lane.isNaN(i) || order < 0);
            };
        if (better) {
          best = i;
        }
      }
      to.setWhole(lanes.at(1), best);
    }
  }

  static void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    Elements from = Elements.of(in);
    Elements to = Elements.of(out);
    Lane lane = new Lane(from, axis);
    int step = (int) out.layout().stride(axis);
    Odometer lanes = Odometer.across(axis, in.layout(), out.layout());
    while (lanes.next()) {
      lane.read(lanes.at(0));
      lane.accumulate(exclusive, reverse);
      lane.write(to, lanes.at(1), step);
    }
  }

  static void topK(View in, int axis, boolean largest, View values, View indices) {
    Elements from = Elements.of(in);
    Elements top = Elements.of(values);
    Elements places = Elements.of(indices);
    Lane lane = new Lane(from, axis);
    int count = (int) values.shape().dim(axis);
    int step = (int) in.layout().stride(axis);
    int topStep = (int) values.layout().stride(axis);
    int placeStep = (int) indices.layout().stride(axis);
    // The sort is stable, so equals stay in the order of their places either way.
    Comparator<Integer> order =
        largest ? (a, b) -> lane.compare(b, a) : (a, b) -> lane.compare(a, b);
    Integer[] sorted = new Integer[lane.length];
    Odometer lanes = Odometer.across(axis, in.layout(), values.layout(), indices.layout());
    while (lanes.next()) {
      lane.read(lanes.at(0));
      Arrays.setAll(sorted, i -> i);
      Arrays.sort(sorted, order);
      for (int i = 0; i < count; i++) {
        top.move(lanes.at(1) + i * topStep, 1, from, lanes.at(0) + sorted[i] * step, 1, 1);
        places.setWhole(lanes.at(2) + i * placeStep, sorted[i]);
      }
    }
  }

  /** The elements along an axis at one place of the others. */
  private static final class Lane {
    private final Elements from;
    private final int step;
    private final int length;
    private final double[] reals;
    private final long[] wholes;

    Lane(Elements from, int axis) {
      Layout layout = from.layout();
      this.from = from;
      this.step = (int) layout.stride(axis);
      this.length = (int) layout.shape().dim(axis);
      this.reals = new double[from.isReal() ? length : 0];
      this.wholes = new long[from.isReal() ? 0 : length];
    }

    void read(int at) {
      if (from.isReal()) {
        from.read(at, step, reals, 0, length);
      } else {
        from.read(at, step, wholes, 0, length);
      }
    }

    void write(Elements to, int at, int toStep) {
      if (from.isReal()) {
        to.write(at, toStep, reals, 0, length);
      } else {
        to.write(at, toStep, wholes, 0, length);
      }
    }

    boolean isNaN(int i) {
      return from.isReal() && Double.isNaN(reals[i]);
    }

    /** By value, NaN greater than all; 0 and -0 are equal. */
    int compare(int i, int j) {
      if (!from.isReal()) {
        return Long.compare(wholes[i], wholes[j]);
      }
      if (reals[i] == reals[j]) {
        return 0;
      }
      return Double.compare(reals[i], reals[j]);
    }

    void accumulate(boolean exclusive, boolean reverse) {
      double realSum = 0;
      long wholeSum = 0;
      for (int n = 0; n < length; n++) {
        int i = reverse ? length - 1 - n : n;
        if (from.isReal()) {
          double before = realSum;
          realSum += reals[i];
          reals[i] = exclusive ? before : realSum;
        } else {
          long before = wholeSum;
          wholeSum += wholes[i];
          wholes[i] = exclusive ? before : wholeSum;
        }
      }
    }
  }
}
