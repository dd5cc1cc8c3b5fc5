package io.dendra.nn.layers;

import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Its inputs one behind the other along an axis; all other dimensions have to be equal.
 *
 * <pre>{@code
 * var y = new Concatenate().apply(left, right);
 * }</pre>
 */
public final class Concatenate extends Layer {
  private final int axis;

  /** Along the last axis. */
  public Concatenate() {
    this(-1);
  }

  /** Along an axis; 0 is that of the batch, and negative ones count from the end. */
  public Concatenate(int axis) {
    this.axis = axis;
  }

  static Concatenate from(Settings settings) {
    return new Concatenate(settings.getInt("axis"));
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("axis", axis);
  }

  @Override
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    return List.of(ShapeOps.concatenate(axis, inputs.toArray(Tensor[]::new)));
  }
}
