package io.dendra.nn.layers;

import io.dendra.backend.PoolSpec;
import io.dendra.ops.Pooling;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;

/**
 * The mean of each window of an image; padding never counts.
 *
 * <p>Takes {@code [batch, height, width, channels]} and gives {@code [batch, height', width',
 * channels]}; with {@code dataFormat("channels_first")} the channels come second in both.
 *
 * <pre>{@code
 * new AveragePooling2D(2)
 * new AveragePooling2D(3).strides(2).padding("same")
 * }</pre>
 */
public final class AveragePooling2D extends Pooling2D<AveragePooling2D> {
  /** Windows of the given square size, side by side. */
  public AveragePooling2D(int poolSize) {
    super(poolSize);
  }

  /** Windows of the given height and width, side by side. */
  public AveragePooling2D(int[] poolSize) {
    super(poolSize);
  }

  static AveragePooling2D from(Settings settings) {
    return new AveragePooling2D(settings.getInts("pool_size")).with(settings);
  }

  @Override
  AveragePooling2D self() {
    return this;
  }

  @Override
  Tensor pool(Tensor images, PoolSpec spec) {
    return Pooling.avgPool(images, spec);
  }
}
