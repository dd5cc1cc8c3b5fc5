package io.dendra.nn.layers;

import io.dendra.backend.PoolSpec;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the layers that pool images have in common. */
abstract class Pooling2D<L extends Pooling2D<L>> extends Layer {
  private static final int[] ONES = {1, 1};

  private final int[] poolSize;
  private int[] strides;
  private Padding padding = Padding.VALID;
  private DataFormat dataFormat = DataFormat.CHANNELS_LAST;

  Pooling2D(int... poolSize) {
    this.poolSize = Window2D.pair(label(), "pool_size", poolSize);
    this.strides = this.poolSize;
  }

  abstract L self();

  abstract Tensor pool(Tensor images, PoolSpec spec);

  private String label() {
    return getClass().getSimpleName();
  }

  /**
   * Sets the steps of the window: one for both dimensions, or height and width; those of the window
   * if not given.
   */
  public L strides(int... steps) {
    this.strides = Window2D.pair(label(), "strides", steps);
    return self();
  }

  /** Sets the padding, {@code "valid"} or {@code "same"}; valid if not given. */
  public L padding(String name) {
    return padding(Padding.of(name));
  }

  /** Sets the padding; valid if not given. */
  public L padding(Padding atBorders) {
    this.padding = Require.given(label(), "padding", atBorders);
    return self();
  }

  /** Sets where the channels are, {@code "channels_last"} or {@code "channels_first"}. */
  public L dataFormat(String name) {
    return dataFormat(DataFormat.of(name));
  }

  /** Sets where the channels are; last if not given. */
  public L dataFormat(DataFormat format) {
    this.dataFormat = Require.given(label(), "data_format", format);
    return self();
  }

  L with(Settings settings) {
    strides(settings.getInts("strides"));
    padding(settings.getString("padding"));
    return dataFormat(settings.getString("data_format"));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("pool_size", List.of(poolSize[0], poolSize[1]));
    settings.put("strides", List.of(strides[0], strides[1]));
    settings.put("padding", Require.label(padding));
    settings.put("data_format", Require.label(dataFormat));
    return settings;
  }

  @Override
  protected void build(Shape input) {
    Require.rank(input, 4, dataFormat.shape());
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    Require.rank(x.shape(), 4, dataFormat.shape());
    Tensor images = dataFormat.toOps(x);
    PoolSpec spec = new Window2D(poolSize, strides, ONES, padding).pool(images);
    return dataFormat.fromOps(pool(images, spec));
  }
}
