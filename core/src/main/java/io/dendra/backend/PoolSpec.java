package io.dendra.backend;

import io.dendra.tensor.Shape;
import java.util.Arrays;

/**
 * The geometry of a pooling window over 1, 2 or 3 spatial dimensions of {@code [batch, channels,
 * *spatial]}.
 *
 * <p>Padding never counts: it is below every number for a maximum, and an average divides by the
 * number of elements inside the input.
 *
 * @param window the lengths of the window
 * @param strides the step of the window
 * @param padLow places before the first element
 * @param padHigh places after the last element
 */
public record PoolSpec(int[] window, int[] strides, int[] padLow, int[] padHigh) {
  /** Checks and copies the arrays. */
  public PoolSpec {
    int n = window.length;
    if (n < 1 || n > 3 || strides.length != n || padLow.length != n || padHigh.length != n) {
      throw new IllegalArgumentException(
          "window, strides and padding need one entry for each of 1 to 3 spatial dimensions, given "
              + Arrays.toString(window)
              + ", "
              + Arrays.toString(strides)
              + ", "
              + Arrays.toString(padLow)
              + ", "
              + Arrays.toString(padHigh));
    }
    for (int i = 0; i < n; i++) {
      boolean paddedWindow = padLow[i] >= window[i] || padHigh[i] >= window[i];
      if (window[i] < 1 || strides[i] < 1 || padLow[i] < 0 || padHigh[i] < 0 || paddedWindow) {
        throw new IllegalArgumentException(
            "window and strides have to be at least 1 and padding less than the window, given window "
                + Arrays.toString(window)
                + ", strides "
                + Arrays.toString(strides)
                + ", padding "
                + Arrays.toString(padLow)
                + " and "
                + Arrays.toString(padHigh));
      }
    }
    window = window.clone();
    strides = strides.clone();
    padLow = padLow.clone();
    padHigh = padHigh.clone();
  }

  /** The number of spatial dimensions. */
  public int spatialRank() {
    return window.length;
  }

  /**
   * The shape of the output.
   *
   * @throws IllegalArgumentException when the window does not fit in the input
   */
  public Shape outputShape(Shape input) {
    int n = spatialRank();
    if (input.rank() != n + 2) {
      throw new IllegalArgumentException(
          n + "-D pooling takes [batch, channels, " + n + " spatial], given " + input);
    }
    long[] dims = input.dims();
    for (int i = 0; i < n; i++) {
      dims[i + 2] =
          Windows.outputLength(dims[i + 2], window[i], strides[i], padLow[i], padHigh[i], 1);
    }
    return Shape.of(dims);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PoolSpec spec
        && Arrays.equals(window, spec.window)
        && Arrays.equals(strides, spec.strides)
        && Arrays.equals(padLow, spec.padLow)
        && Arrays.equals(padHigh, spec.padHigh);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {window, strides, padLow, padHigh});
  }

  @Override
  public String toString() {
    return "window "
        + Arrays.toString(window)
        + ", strides "
        + Arrays.toString(strides)
        + ", padding "
        + Arrays.toString(padLow)
        + " and "
        + Arrays.toString(padHigh);
  }
}
