package io.dendra.nn.optimizers;

import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.util.List;

/** A layer of one weight per array, for tests of what changes weights. */
public final class Weights extends Layer {
  /** Weights {@code w0}, {@code w1}, … with the values of the arrays. */
  public Weights(NDArray... values) {
    named("layer");
    for (int i = 0; i < values.length; i++) {
      addWeight("w" + i, values[i].shape(), Initializers.ZEROS).assign(values[i]);
    }
  }

  /** Two weights, of 3 and of 2 x 2 values. */
  public static Weights two() {
    return new Weights(
        NDArray.of(new float[] {1, -2, 3}), NDArray.of(new float[] {0.5f, -0.5f, 2, 1}, 2, 2));
  }

  /** All of them. */
  public List<Parameter> all() {
    return parameters();
  }

  /** One that has no values yet. */
  public static Weights empty(Shape shape) {
    Weights weights = new Weights();
    weights.addWeight("w0", shape, Initializers.ZEROS);
    return weights;
  }
}
