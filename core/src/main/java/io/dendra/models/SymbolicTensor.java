package io.dendra.models;

import io.dendra.nn.layers.Layer;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.util.List;

/**
 * A value in a functional model before data arrive: the input of the model, or what a layer gives.
 *
 * <p>Its shape has {@link Shape#UNKNOWN} for the batch size. It cannot be computed with; layers
 * take it: {@code new Dense(10).apply(x)}.
 */
public final class SymbolicTensor {
  private final TensorSpec spec;
  private final LayerCall origin;
  private final int output;
  private final String name;

  SymbolicTensor(TensorSpec spec, LayerCall origin, int output, String name) {
    this.spec = spec;
    this.origin = origin;
    this.output = output;
    this.name = name;
  }

  /** The lengths of its dimensions, the batch size unknown. */
  public Shape shape() {
    return spec.shape();
  }

  /** The type of its elements. */
  public DType dtype() {
    return spec.dtype();
  }

  /** Shape and type. */
  public TensorSpec spec() {
    return spec;
  }

  /** The name of an input, or null. */
  public String name() {
    return name;
  }

  /** Whether it is an input of a model. */
  public boolean isInput() {
    return origin == null;
  }

  LayerCall origin() {
    return origin;
  }

  int output() {
    return output;
  }

  /** One call of a layer in a functional model. */
  record LayerCall(Layer layer, List<SymbolicTensor> inputs, List<TensorSpec> outputs) {}

  /** Calls a layer symbolically; for {@link Layer#apply}. */
  public static List<SymbolicTensor> call(Layer layer, List<SymbolicTensor> inputs) {
    List<TensorSpec> specs = inputs.stream().map(SymbolicTensor::spec).toList();
    List<TensorSpec> outputs = layer.infer(specs);
    LayerCall call = new LayerCall(layer, List.copyOf(inputs), outputs);
    SymbolicTensor[] results = new SymbolicTensor[outputs.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = new SymbolicTensor(outputs.get(i), call, i, null);
    }
    return List.of(results);
  }

  @Override
  public String toString() {
    return (name == null ? "symbolic " : name + " ") + spec;
  }
}
