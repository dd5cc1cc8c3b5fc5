package io.dendra.models;

import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Layer;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.List;

/**
 * Layers one behind the other.
 *
 * <pre>{@code
 * var model = Sequential.of(
 *     new Flatten(),
 *     new Dense(128, "relu"),
 *     new Dense(10, "softmax"));
 * }</pre>
 *
 * <p>Weights are made when the shape of the data is first known.
 */
public final class Sequential extends Model {
  private final List<Layer> order;

  private Sequential(List<Layer> layers) {
    this.order = List.copyOf(layers);
    LayerNames names = new LayerNames();
    order.forEach(layer -> addLayer(names.next(layer), layer));
    setPath("");
  }

  /** A model of the layers. */
  public static Sequential of(Layer... layers) {
    return of(List.of(layers));
  }

  /**
   * A model of the layers.
   *
   * @throws IllegalArgumentException when there are none, or one comes twice
   */
  public static Sequential of(List<Layer> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a sequential model needs at least one layer");
    }
    if (layers.stream().distinct().count() < layers.size()) {
      throw new IllegalArgumentException(
          "a layer comes twice in a sequential model: share layers in a functional model");
    }
    return new Sequential(layers);
  }

  @Override
  protected boolean castsInputs() {
    return false;
  }

  @Override
  protected void build(List<TensorSpec> inputs) {
    List<TensorSpec> specs = inputs;
    for (Layer layer : order) {
      specs = layer.infer(specs);
    }
  }

  @Override
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    List<Tensor> values = inputs;
    for (Layer layer : order) {
      values = layer.apply(values, context);
    }
    return values;
  }
}
