package io.dendra.nn.layers;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.PoolSpec;
import io.dendra.tensor.Tensor;

/** A window that slides over height and width. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Window2D(int[] size, int[] strides, int[] dilation, Padding padding) {
  private static final int[] NONE = {0, 0};

  /** One number for both dimensions, or one for each. */
  static int[] pair(String layer, String setting, int... values) {
    if (values.length < 1 || values.length > 2) {
      throw new IllegalArgumentException(
          layer + " needs 1 or 2 numbers for " + setting + ", given " + values.length);
    }
    Require.positive(layer, setting, values);
    return new int[] {values[0], values[values.length - 1]};
  }

  /** The convolution of images {@code [batch, channels, height, width]}. */
  ConvSpec conv(Tensor images, int groups) {
    int[] total = total(images);
    return new ConvSpec(strides, low(total), high(total), dilation, groups);
  }

  /** The pooling of images {@code [batch, channels, height, width]}. */
  PoolSpec pool(Tensor images) {
    int[] total = total(images);
    return new PoolSpec(size, strides, low(total), high(total));
  }

  private int[] total(Tensor images) {
    return padding == Padding.VALID
        ? NONE
        : new int[] {total(images.dim(2), 0), total(images.dim(3), 1)};
  }

  private int total(long length, int i) {
    long windows = (length + strides[i] - 1) / strides[i];
    long reach = (size[i] - 1L) * dilation[i] + 1;
    return (int) Math.max((windows - 1) * strides[i] + reach - length, 0);
  }

  private static int[] low(int[] total) {
    return new int[] {total[0] / 2, total[1] / 2};
  }

  private static int[] high(int[] total) {
    return new int[] {total[0] - total[0] / 2, total[1] - total[1] / 2};
  }
}
