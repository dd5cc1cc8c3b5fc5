package io.dendra.backend.reference;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.PoolSpec;
import io.dendra.tensor.Shape;
import java.util.Arrays;

/**
 * Which element of the input each element ("tap") of a window meets at each place of the output, in
 * any number of spatial dimensions. Elements, taps and places are numbered in row-major order.
 */
final class WindowPlaces {
  /** Stands for an element of the padding. */
  static final int PADDING = -1;

  final int inputs;
  final int outputs;
  final int taps;
  private final int[] elements;

  private WindowPlaces(
      int[] input, int[] output, int[] window, int[] strides, int[] padLow, int[] dilation) {
    inputs = volume(input);
    outputs = volume(output);
    taps = volume(window);
    elements = new int[Math.multiplyExact(taps, outputs)];
    for (int tap = 0; tap < taps; tap++) {
      for (int place = 0; place < outputs; place++) {
        int element = 0;
        int tapRest = tap;
        int placeRest = place;
        int weight = 1;
        for (int d = input.length - 1; d >= 0; d--) {
          int from = placeRest % output[d] * strides[d] - padLow[d];
          int at = from + tapRest % window[d] * dilation[d];
          if (at < 0 || at >= input[d]) {
            element = PADDING;
            break;
          }
          element += at * weight;
          weight *= input[d];
          tapRest /= window[d];
          placeRest /= output[d];
        }
        elements[tap * outputs + place] = element;
      }
    }
  }

  static WindowPlaces of(ConvSpec spec, Shape x, Shape w, Shape out) {
    return new WindowPlaces(
        spatial(x), spatial(out), spatial(w), spec.strides(), spec.padLow(), spec.dilation());
  }

  static WindowPlaces of(PoolSpec spec, Shape x, Shape out) {
    int[] dense = new int[spec.spatialRank()];
    Arrays.fill(dense, 1);
    return new WindowPlaces(
        spatial(x), spatial(out), spec.window(), spec.strides(), spec.padLow(), dense);
  }

  /** The element that a tap meets at a place of the output, or {@link #PADDING}. */
  int element(int tap, int place) {
    return elements[tap * outputs + place];
  }

  private static int[] spatial(Shape shape) {
    return Arrays.stream(shape.dims()).skip(2).mapToInt(Math::toIntExact).toArray();
  }

  private static int volume(int[] dims) {
    return Arrays.stream(dims).reduce(1, Math::multiplyExact);
  }
}
