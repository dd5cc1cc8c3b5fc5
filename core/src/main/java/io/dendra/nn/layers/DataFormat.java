package io.dendra.nn.layers;

import io.dendra.tensor.Tensor;

/** Where the channels of images are. */
public enum DataFormat {
  /** {@code [batch, height, width, channels]}, the faster order. */
  CHANNELS_LAST,
  /** {@code [batch, channels, height, width]}. */
  CHANNELS_FIRST;

  /**
   * The format of a name: {@code "channels_last"} or {@code "channels_first"}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static DataFormat of(String name) {
    return Require.oneOf(DataFormat.class, "data_format", name);
  }

  int channelAxis() {
    return this == CHANNELS_LAST ? 3 : 1;
  }

  int heightAxis() {
    return this == CHANNELS_LAST ? 1 : 2;
  }

  String shape() {
    return this == CHANNELS_LAST
        ? "[batch, height, width, channels]"
        : "[batch, channels, height, width]";
  }

  /** Images as the ops take them; a view. */
  Tensor toOps(Tensor images) {
    return this == CHANNELS_LAST ? images.permute(0, 3, 1, 2) : images;
  }

  /** Images as the ops give them in this format; a view. */
  Tensor fromOps(Tensor images) {
    return this == CHANNELS_LAST ? images.permute(0, 2, 3, 1) : images;
  }
}
