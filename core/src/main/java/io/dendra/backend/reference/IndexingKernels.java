package io.dendra.backend.reference;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.stream.IntStream;

/** Reading and adding at places that a tensor of indices names. */
final class IndexingKernels {
  private IndexingKernels() {}

  static void gather(View in, View indices, int axis, View out) {
    Elements from = Elements.of(in);
    Elements places = Elements.of(indices);
    Elements to = Elements.of(out);
    // The dimensions p and s of one index.
    Odometer slices = slices(in.layout(), axis, out.layout(), indices.layout().rank());
    Odometer entries =
        Odometer.single(indices.layout(), indexed(out.layout(), axis, indices.layout().rank()));
    while (entries.next()) {
      long index = checked(places.whole(entries.at(0)), in.shape().dim(axis));
      slices.restart(in.layout().offset() + index * in.layout().stride(axis), entries.at(1));
      while (slices.next()) {
        to.move(slices.at(1), slices.step(1), from, slices.at(0), slices.step(0), slices.length());
      }
    }
  }

  static void scatterAdd(View indices, View updates, int axis, View out) {
    Elements places = Elements.of(indices);
    Elements from = Elements.of(updates);
    Elements sums = Elements.accumulator(out);
    Layout summed = sums.layout();
    Odometer slices = slices(summed, axis, updates.layout(), indices.layout().rank());
    Odometer entries =
        Odometer.single(indices.layout(), indexed(updates.layout(), axis, indices.layout().rank()));
    Adder adder = new Adder(sums, from);
    while (entries.next()) {
      long index = checked(places.whole(entries.at(0)), summed.shape().dim(axis));
      slices.restart(index * summed.stride(axis), entries.at(1));
      while (slices.next()) {
        adder.add(slices.at(0), slices.step(0), slices.at(1), slices.step(1), slices.length());
      }
    }
    MemoryKernels.convert(sums, Elements.of(out));
  }

  static void takeAlong(View in, View indices, int axis, View out) {
    Elements from = Elements.of(in);
    Elements places = Elements.of(indices);
    Elements to = Elements.of(out);
    int length = (int) out.shape().dim(axis);
    int step = (int) in.layout().stride(axis);
    Odometer lanes = Odometer.across(axis, in.layout(), indices.layout(), out.layout());
    while (lanes.next()) {
      for (int i = 0; i < length; i++) {
        int place = lanes.at(1) + i * (int) indices.layout().stride(axis);
        int index = (int) checked(places.whole(place), in.shape().dim(axis));
        int at = lanes.at(2) + i * (int) out.layout().stride(axis);
        to.move(at, 1, from, lanes.at(0) + index * step, 1, 1);
      }
    }
  }

  static void putAlongAdd(View indices, View updates, int axis, View out) {
    Elements places = Elements.of(indices);
    Elements from = Elements.of(updates);
    Elements sums = Elements.accumulator(out);
    int length = (int) updates.shape().dim(axis);
    int step = (int) sums.layout().stride(axis);
    Odometer lanes = Odometer.across(axis, sums.layout(), indices.layout(), updates.layout());
    Adder adder = new Adder(sums, from);
    while (lanes.next()) {
      for (int i = 0; i < length; i++) {
        int place = lanes.at(1) + i * (int) indices.layout().stride(axis);
        int index = (int) checked(places.whole(place), out.shape().dim(axis));
        int at = lanes.at(2) + i * (int) updates.layout().stride(axis);
        adder.add(lanes.at(0) + index * step, 1, at, 1, 1);
      }
    }
    MemoryKernels.convert(sums, Elements.of(out));
  }

  /** Walks the dimensions before and behind the axis, of which the second operand has several. */
  private static Odometer slices(Layout one, int axis, Layout many, int width) {
    return Odometer.inOrder(
        one.permute(Odometer.others(one.rank(), axis)),
        many.permute(Odometer.others(many.rank(), IntStream.range(axis, axis + width).toArray())));
  }

  /** The dimensions that indices of a rank take in the place of the axis. */
  private static Layout indexed(Layout layout, int axis, int rank) {
    return layout.permute(IntStream.range(axis, axis + rank).toArray());
  }

  private static long checked(long index, long length) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(
          "index " + index + " is outside an axis of length " + length);
    }
    return index;
  }

  /** Adds runs of one kind of numbers. */
  private static final class Adder {
    private final Elements sums;
    private final Elements from;
    private final double[][] reals = new double[2][Odometer.MAX_RUN];
    private final long[][] wholes = new long[2][Odometer.MAX_RUN];

    Adder(Elements sums, Elements from) {
      this.sums = sums;
      this.from = from;
    }

    void add(int at, int step, int fromAt, int fromStep, int n) {
      if (sums.isReal()) {
        sums.read(at, step, reals[0], 0, n);
        from.read(fromAt, fromStep, reals[1], 0, n);
        DenseRows.addScaled(reals[0], 0, 1, reals[1], 0, n);
        sums.write(at, step, reals[0], 0, n);
      } else {
        sums.read(at, step, wholes[0], 0, n);
        from.read(fromAt, fromStep, wholes[1], 0, n);
        for (int i = 0; i < n; i++) {
          wholes[0][i] += wholes[1][i];
        }
        sums.write(at, step, wholes[0], 0, n);
      }
    }
  }
}
