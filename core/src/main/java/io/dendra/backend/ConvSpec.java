package io.dendra.backend;

import io.dendra.tensor.Shape;
import java.util.Arrays;

/**
 * The geometry of a convolution over 1, 2 or 3 spatial dimensions.
 *
 * <p>Operands are input {@code [batch, channels, *spatial]}, filter {@code [filters, channels /
 * groups, *kernel]}, output {@code [batch, filters, *outSpatial]}. The filter is not flipped
 * (cross-correlation, as in Keras and PyTorch).
 *
 * @param strides the step of the kernel, per spatial dimension
 * @param padLow zeros before the first element, per spatial dimension
 * @param padHigh zeros after the last element, per spatial dimension
 * @param dilation the distance of kernel elements, per spatial dimension
 * @param groups the number of independent groups of channels
 */
public record ConvSpec(int[] strides, int[] padLow, int[] padHigh, int[] dilation, int groups) {
  /** Checks and copies the arrays. */
  public ConvSpec {
    int n = strides.length;
    if (n < 1 || n > 3 || padLow.length != n || padHigh.length != n || dilation.length != n) {
      throw new IllegalArgumentException(
          "strides, padding and dilation need one entry for each of 1 to 3 spatial dimensions, given "
              + Arrays.toString(strides)
              + ", "
              + Arrays.toString(padLow)
              + ", "
              + Arrays.toString(padHigh)
              + ", "
              + Arrays.toString(dilation));
    }
    for (int i = 0; i < n; i++) {
      if (strides[i] < 1 || dilation[i] < 1 || padLow[i] < 0 || padHigh[i] < 0) {
        throw new IllegalArgumentException(
            "strides and dilation have to be at least 1 and padding at least 0, given strides "
                + Arrays.toString(strides)
                + ", dilation "
                + Arrays.toString(dilation)
                + ", padding "
                + Arrays.toString(padLow)
                + " and "
                + Arrays.toString(padHigh));
      }
    }
    if (groups < 1) {
      throw new IllegalArgumentException("groups have to be at least 1, given " + groups);
    }
    strides = strides.clone();
    padLow = padLow.clone();
    padHigh = padHigh.clone();
    dilation = dilation.clone();
  }

  /** Stride 1, no padding, no dilation, one group. */
  public static ConvSpec unit(int spatialRank) {
    int[] ones = new int[spatialRank];
    Arrays.fill(ones, 1);
    return new ConvSpec(ones, new int[spatialRank], new int[spatialRank], ones, 1);
  }

  /** The number of spatial dimensions. */
  public int spatialRank() {
    return strides.length;
  }

  /**
   * The shape of the output, which the backends can rely on.
   *
   * @throws IllegalArgumentException when the operands do not fit, saying which lengths would
   */
  public Shape outputShape(Shape input, Shape filter) {
    int n = spatialRank();
    if (input.rank() != n + 2 || filter.rank() != n + 2) {
      throw new IllegalArgumentException(
          "a "
              + n
              + "-D convolution takes input [batch, channels, "
              + n
              + " spatial] and filter [filters, channels, "
              + n
              + " spatial], given "
              + input
              + " and "
              + filter);
    }
    if (input.dim(1) != filter.dim(1) * groups || filter.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "input "
              + input
              + " has "
              + input.dim(1)
              + " channels, but filter "
              + filter
              + " in "
              + groups
              + " group(s) takes "
              + filter.dim(1) * groups
              + " channels and a multiple of "
              + groups
              + " filters");
    }
    long[] dims = new long[n + 2];
    dims[0] = input.dim(0);
    dims[1] = filter.dim(0);
    for (int i = 0; i < n; i++) {
      dims[i + 2] =
          Windows.outputLength(
              input.dim(i + 2), filter.dim(i + 2), strides[i], padLow[i], padHigh[i], dilation[i]);
    }
    return Shape.of(dims);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConvSpec spec
        && groups == spec.groups
        && Arrays.equals(strides, spec.strides)
        && Arrays.equals(padLow, spec.padLow)
        && Arrays.equals(padHigh, spec.padHigh)
        && Arrays.equals(dilation, spec.dilation);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {strides, padLow, padHigh, dilation, groups});
  }

  @Override
  public String toString() {
    return "strides "
        + Arrays.toString(strides)
        + ", padding "
        + Arrays.toString(padLow)
        + " and "
        + Arrays.toString(padHigh)
        + ", dilation "
        + Arrays.toString(dilation)
        + ", groups "
        + groups;
  }
}
