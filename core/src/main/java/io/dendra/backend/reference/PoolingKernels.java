package io.dendra.backend.reference;

import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;

/** The greatest or the mean of each window, channel by channel. */
final class PoolingKernels {
  private PoolingKernels() {}

  /** NaN is greater than every number, as it is for the places of extremes. */
  static void max(PoolSpec spec, View x, View out, View argmax) {
    WindowPlaces places = WindowPlaces.of(spec, x.shape(), out.shape());
    double[] from = reals(x);
    double[] greatest = zeros(out);
    double[] at = zeros(out);
    for (int i = 0; i < greatest.length; i++) {
      int plane = i / places.outputs * places.inputs;
      double best = Double.NEGATIVE_INFINITY;
      int bestElement = WindowPlaces.PADDING;
      for (int tap = 0; tap < places.taps; tap++) {
        int element = places.element(tap, i % places.outputs);
        if (element == WindowPlaces.PADDING) {
          continue;
        }
        double value = from[plane + element];
        boolean first = bestElement == WindowPlaces.PADDING;
        if (first || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
          best = value;
          bestElement = element;
        }
      }
      greatest[i] = best;
      at[i] = bestElement;
    }
    Elements.of(out).setReals(greatest);
    Elements.of(argmax).setReals(at);
  }

  static void average(PoolSpec spec, View x, View out) {
    WindowPlaces places = WindowPlaces.of(spec, x.shape(), out.shape());
    int[] counts = counts(places);
    double[] from = reals(x);
    double[] means = zeros(out);
    for (int i = 0; i < means.length; i++) {
      int plane = i / places.outputs * places.inputs;
      int place = i % places.outputs;
      double sum = 0;
      for (int tap = 0; tap < places.taps; tap++) {
        int element = places.element(tap, place);
        sum += element == WindowPlaces.PADDING ? 0 : from[plane + element];
      }
      means[i] = sum / counts[place];
    }
    Elements.of(out).setReals(means);
  }

  static void averageGrad(PoolSpec spec, View gradOut, View out) {
    WindowPlaces places = WindowPlaces.of(spec, out.shape(), gradOut.shape());
    int[] counts = counts(places);
    double[] from = reals(gradOut);
    double[] sums = zeros(out);
    for (int i = 0; i < from.length; i++) {
      int plane = i / places.outputs * places.inputs;
      int place = i % places.outputs;
      for (int tap = 0; tap < places.taps; tap++) {
        int element = places.element(tap, place);
        if (element != WindowPlaces.PADDING) {
          sums[plane + element] += from[i] / counts[place];
        }
      }
    }
    Elements.of(out).setReals(sums);
  }

  /** How many elements of each window lie inside the input. */
  private static int[] counts(WindowPlaces places) {
    int[] counts = new int[places.outputs];
    for (int tap = 0; tap < places.taps; tap++) {
      for (int place = 0; place < places.outputs; place++) {
        counts[place] += places.element(tap, place) == WindowPlaces.PADDING ? 0 : 1;
      }
    }
    return counts;
  }

  private static double[] reals(View view) {
    return Elements.of(view).reals(view.layout());
  }

  private static double[] zeros(View view) {
    return new double[Math.toIntExact(view.layout().size())];
  }
}
