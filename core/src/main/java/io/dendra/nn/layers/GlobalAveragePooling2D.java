package io.dendra.nn.layers;

import io.dendra.ops.Reduce;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The mean of each channel over the whole image: {@code [batch, height, width, channels]} to {@code
 * [batch, channels]}.
 */
public final class GlobalAveragePooling2D extends Layer {
  private DataFormat dataFormat = DataFormat.CHANNELS_LAST;
  private boolean keepDims;

  /** Sets where the channels are, {@code "channels_last"} or {@code "channels_first"}. */
  public GlobalAveragePooling2D dataFormat(String name) {
    return dataFormat(DataFormat.of(name));
  }

  /** Sets where the channels are; last if not given. */
  public GlobalAveragePooling2D dataFormat(DataFormat format) {
    this.dataFormat = Require.given("GlobalAveragePooling2D", "data_format", format);
    return this;
  }

  /** Whether height and width stay, with length 1; they do not if not said otherwise. */
  public GlobalAveragePooling2D keepDims(boolean keep) {
    this.keepDims = keep;
    return this;
  }

  static GlobalAveragePooling2D from(Settings settings) {
    return new GlobalAveragePooling2D()
        .dataFormat(settings.getString("data_format"))
        .keepDims(settings.getBoolean("keepdims"));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("data_format", Require.label(dataFormat));
    settings.put("keepdims", keepDims);
    return settings;
  }

  @Override
  protected void build(Shape input) {
    Require.rank(input, 4, dataFormat.shape());
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    Require.rank(x.shape(), 4, dataFormat.shape());
    int height = dataFormat.heightAxis();
    return Reduce.mean(x, new int[] {height, height + 1}, keepDims);
  }
}
