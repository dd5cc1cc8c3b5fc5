package io.dendra.backend;

/** The arithmetic of a window that slides over one dimension. */
final class Windows {
  private Windows() {}

  static long outputLength(
      long length, long kernel, int stride, int padLow, int padHigh, int dilation) {
    long reach = (kernel - 1) * dilation + 1;
    long padded = length + padLow + padHigh;
    if (kernel < 1 || padded < reach) {
      throw new IllegalArgumentException(
          "a window of "
              + kernel
              + " (reaching over "
              + reach
              + " with dilation "
              + dilation
              + ") does not fit in a dimension of "
              + length
              + " with padding "
              + padLow
              + " and "
              + padHigh);
    }
    return (padded - reach) / stride + 1;
  }
}
