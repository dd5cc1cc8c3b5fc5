package io.dendra.nn.layers;

import io.dendra.backend.PoolSpec;
import io.dendra.ops.Pooling;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;

/**
 * The greatest value of each window of an image; padding never counts.
 *
 * <p>Takes {@code [batch, height, width, channels]} and gives {@code [batch, height', width',
 * channels]}; with {@code dataFormat("channels_first")} the channels come second in both.
 *
 * <pre>{@code
 * new MaxPooling2D(2)
 * new MaxPooling2D(3).strides(2).padding("same")
 * }</pre>
 */
public final class MaxPooling2D extends Pooling2D<MaxPooling2D> {
  /** Windows of the given square size, side by side. */
  public MaxPooling2D(int poolSize) {
    super(poolSize);
  }

  /** Windows of the given height and width, side by side. */
  public MaxPooling2D(int[] poolSize) {
    super(poolSize);
  }

  static MaxPooling2D from(Settings settings) {
    return new MaxPooling2D(settings.getInts("pool_size")).with(settings);
  }

  @Override
  MaxPooling2D self() {
    return this;
  }

  @Override
  Tensor pool(Tensor images, PoolSpec spec) {
    return Pooling.maxPool(images, spec);
  }
}
