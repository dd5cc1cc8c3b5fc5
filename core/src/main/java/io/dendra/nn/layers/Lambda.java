package io.dendra.nn.layers;

import io.dendra.serialization.Registry;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A function as a layer.
 *
 * <pre>{@code
 * new Lambda(x -> x.square())
 * }</pre>
 *
 * <p>A file cannot hold code: a model with such a layer can be saved only if the function has been
 * registered, and loaded only where it is registered under the same name.
 *
 * <pre>{@code
 * UnaryOperator<Tensor> squared = Tensor::square;
 * Lambda.FUNCTIONS.constant("squared", squared);
 * new Lambda(squared)
 * }</pre>
 */
public final class Lambda extends Layer {
  /** The functions that files can name. */
  public static final Registry<UnaryOperator<Tensor>> FUNCTIONS = new Registry<>("function");

  private final UnaryOperator<Tensor> function;

  /** A layer that computes the function. */
  public Lambda(UnaryOperator<Tensor> function) {
    this.function = Require.given("Lambda", "function", function);
  }

  static Lambda from(Settings settings) {
    return new Lambda(FUNCTIONS.of(settings.get("function")));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when the function is not in {@link #FUNCTIONS}
   */
  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("function", FUNCTIONS.describe(function));
    return settings;
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    return function.apply(x);
  }
}
