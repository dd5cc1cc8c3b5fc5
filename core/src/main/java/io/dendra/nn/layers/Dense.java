package io.dendra.nn.layers;

import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.NN;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A fully connected layer: {@code activation(x · kernel + bias)}.
 *
 * <p>Takes {@code [batch, ..., in]} and gives {@code [batch, ..., units]}. Weights are the kernel
 * {@code [in, units]} and the bias {@code [units]}.
 *
 * <pre>{@code
 * new Dense(128, "relu")
 * new Dense(10).useBias(false).kernelRegularizer(Regularizers.l2(1e-4))
 * }</pre>
 */
public final class Dense extends Layer {
  private final int units;
  private Activation activation = Activations.LINEAR;
  private Initializer kernelInitializer = Initializers.GLOROT_UNIFORM;
  private Initializer biasInitializer = Initializers.ZEROS;
  private Regularizer kernelRegularizer;
  private boolean useBias = true;
  private Parameter kernel;
  private Parameter bias;

  /** A layer of the given number of units. */
  public Dense(int units) {
    if (units < 1) {
      throw new IllegalArgumentException("Dense needs at least 1 unit, given " + units);
    }
    this.units = units;
  }

  /** A layer with an activation by name. */
  public Dense(int units, String activation) {
    this(units);
    this.activation = Activations.of(activation);
  }

  /** Sets the activation. */
  public Dense activation(Activation function) {
    this.activation = function;
    return this;
  }

  /** Whether a bias is added; it is if not said otherwise. */
  public Dense useBias(boolean use) {
    this.useBias = use;
    return this;
  }

  /** Sets the first values of the kernel; Glorot uniform if not given. */
  public Dense kernelInitializer(Initializer initializer) {
    this.kernelInitializer = initializer;
    return this;
  }

  /** Sets the first values of the bias; zeros if not given. */
  public Dense biasInitializer(Initializer initializer) {
    this.biasInitializer = initializer;
    return this;
  }

  /** Adds a penalty on the kernel to the loss. */
  public Dense kernelRegularizer(Regularizer regularizer) {
    this.kernelRegularizer = regularizer;
    return this;
  }

  static Dense from(Settings settings) {
    return new Dense(settings.getInt("units"))
        .activation(Activations.REGISTRY.of(settings.get("activation")))
        .useBias(settings.getBoolean("use_bias"))
        .kernelInitializer(Initializers.REGISTRY.of(settings.get("kernel_initializer")))
        .biasInitializer(Initializers.REGISTRY.of(settings.get("bias_initializer")))
        .kernelRegularizer(Regularizers.from(settings.get("kernel_regularizer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("units", units);
    settings.put("activation", Activations.REGISTRY.describe(activation));
    settings.put("use_bias", useBias);
    settings.put("kernel_initializer", Initializers.REGISTRY.describe(kernelInitializer));
    settings.put("bias_initializer", Initializers.REGISTRY.describe(biasInitializer));
    settings.put("kernel_regularizer", Regularizers.describe(kernelRegularizer));
    return settings;
  }

  @Override
  protected void build(Shape input) {
    kernel =
        addWeight(
            "kernel", Shape.of(input.dim(-1), units), kernelInitializer, true, kernelRegularizer);
    bias = useBias ? addWeight("bias", Shape.of(units), biasInitializer) : null;
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    if (bias == null) {
      return activation.apply(x.matmul(context.weight(kernel)), context);
    }
    Tensor w = context.weight(kernel);
    Tensor y = NN.linear(x, w, context.weight(bias), Activations.epilogue(activation));
    return Activations.isEpilogue(activation) ? y : activation.apply(y, context);
  }
}
