package io.dendra.nn.layers;

import io.dendra.nn.activations.Activations;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An activation as a layer of its own.
 *
 * <pre>{@code
 * new Activation("relu")
 * new Activation(Activations.leakyRelu(0.1))
 * }</pre>
 */
public final class Activation extends Layer {
  private final io.dendra.nn.activations.Activation function;

  /**
   * An activation by name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public Activation(String name) {
    this(Activations.of(name));
  }

  /** An activation. */
  public Activation(io.dendra.nn.activations.Activation function) {
    this.function = Require.given("Activation", "function", function);
  }

  static Activation from(Settings settings) {
    return new Activation(Activations.REGISTRY.of(settings.get("activation")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("activation", Activations.REGISTRY.describe(function));
    return settings;
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    return function.apply(x, context);
  }
}
