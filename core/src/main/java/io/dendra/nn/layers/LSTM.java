package io.dendra.nn.layers;

import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.OpException;
import io.dendra.ops.Recurrent;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Long short-term memory (S. Hochreiter and J. Schmidhuber, 1997; forget gates by F. Gers et al.,
 * 2000).
 *
 * <p>Takes {@code [batch, time, features]}, and optionally the first output and cell state as
 * further inputs, each {@code [batch, units]}. Gives the last output {@code [batch, units]}, or all
 * of them {@code [batch, time, units]} with {@link #returnSequences}; with {@link #returnState}
 * also the last output and the last cell state. Weights are the kernel {@code [features, 4 units]},
 * the recurrent_kernel {@code [units, 4 units]} and the bias {@code [4 units]}, each with the
 * input, forget, cell and output gates side by side.
 *
 * <pre>{@code
 * new LSTM(128)
 * new LSTM(64).returnSequences(true)
 * }</pre>
 */
public final class LSTM extends Layer {
  private static final String NAME = "LSTM";

  private final int units;
  private Activation activation = Activations.TANH;
  private Activation recurrentActivation = Activations.SIGMOID;
  private boolean useBias = true;
  private boolean unitForgetBias = true;
  private boolean returnSequences;
  private boolean returnState;
  private boolean goBackwards;
  private Initializer kernelInitializer = Initializers.GLOROT_UNIFORM;
  private Initializer recurrentInitializer = Initializers.ORTHOGONAL;
  private Initializer biasInitializer = Initializers.ZEROS;
  private Regularizer kernelRegularizer;
  private Regularizer recurrentRegularizer;
  private Parameter kernel;
  private Parameter recurrentKernel;
  private Parameter bias;

  /** A layer of the given number of units. */
  public LSTM(int units) {
    this.units = Require.positive(NAME, "units", units);
  }

  /** Sets the function of cell input and output; tanh if not given. */
  public LSTM activation(Activation function) {
    this.activation = Require.given(NAME, "activation", function);
    return this;
  }

  /** Sets the function of the gates; sigmoid if not given. */
  public LSTM recurrentActivation(Activation function) {
    this.recurrentActivation = Require.given(NAME, "recurrent_activation", function);
    return this;
  }

  /** Whether a bias is added; it is if not said otherwise. */
  public LSTM useBias(boolean use) {
    this.useBias = use;
    return this;
  }

  /** Whether the forget gates start with a bias of 1; they do if not said otherwise. */
  public LSTM unitForgetBias(boolean ones) {
    this.unitForgetBias = ones;
    return this;
  }

  /** Whether it gives the output of each step; only the last if not said otherwise. */
  public LSTM returnSequences(boolean all) {
    this.returnSequences = all;
    return this;
  }

  /** Whether it gives its last output and cell state as second and third output. */
  public LSTM returnState(boolean states) {
    this.returnState = states;
    return this;
  }

  /** Whether it reads the sequence from its end, giving its outputs in that order. */
  public LSTM goBackwards(boolean backwards) {
    this.goBackwards = backwards;
    return this;
  }

  /** Sets the first values of the kernel; Glorot uniform if not given. */
  public LSTM kernelInitializer(Initializer initializer) {
    this.kernelInitializer = Require.given(NAME, "kernel_initializer", initializer);
    return this;
  }

  /** Sets the first values of the recurrent kernel; orthogonal if not given. */
  public LSTM recurrentInitializer(Initializer initializer) {
    this.recurrentInitializer = Require.given(NAME, "recurrent_initializer", initializer);
    return this;
  }

  /** Sets the first values of the bias; zeros if not given. */
  public LSTM biasInitializer(Initializer initializer) {
    this.biasInitializer = Require.given(NAME, "bias_initializer", initializer);
    return this;
  }

  /** Adds a penalty on the kernel to the loss. */
  public LSTM kernelRegularizer(Regularizer regularizer) {
    this.kernelRegularizer = regularizer;
    return this;
  }

  /** Adds a penalty on the recurrent kernel to the loss. */
  public LSTM recurrentRegularizer(Regularizer regularizer) {
    this.recurrentRegularizer = regularizer;
    return this;
  }

  static LSTM from(Settings settings) {
    return new LSTM(settings.getInt("units"))
        .activation(Activations.REGISTRY.of(settings.get("activation")))
        .recurrentActivation(Activations.REGISTRY.of(settings.get("recurrent_activation")))
        .useBias(settings.getBoolean("use_bias"))
        .unitForgetBias(settings.getBoolean("unit_forget_bias"))
        .returnSequences(settings.getBoolean("return_sequences"))
        .returnState(settings.getBoolean("return_state"))
        .goBackwards(settings.getBoolean("go_backwards"))
        .kernelInitializer(Initializers.REGISTRY.of(settings.get("kernel_initializer")))
        .recurrentInitializer(Initializers.REGISTRY.of(settings.get("recurrent_initializer")))
        .biasInitializer(Initializers.REGISTRY.of(settings.get("bias_initializer")))
        .kernelRegularizer(Regularizers.from(settings.get("kernel_regularizer")))
        .recurrentRegularizer(Regularizers.from(settings.get("recurrent_regularizer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("units", units);
    settings.put("activation", Activations.REGISTRY.describe(activation));
    settings.put("recurrent_activation", Activations.REGISTRY.describe(recurrentActivation));
    settings.put("use_bias", useBias);
    settings.put("unit_forget_bias", unitForgetBias);
    settings.put("return_sequences", returnSequences);
    settings.put("return_state", returnState);
    settings.put("go_backwards", goBackwards);
    settings.put("kernel_initializer", Initializers.REGISTRY.describe(kernelInitializer));
    settings.put("recurrent_initializer", Initializers.REGISTRY.describe(recurrentInitializer));
    settings.put("bias_initializer", Initializers.REGISTRY.describe(biasInitializer));
    settings.put("kernel_regularizer", Regularizers.describe(kernelRegularizer));
    settings.put("recurrent_regularizer", Regularizers.describe(recurrentRegularizer));
    return settings;
  }

  @Override
  protected void build(List<TensorSpec> inputs) {
    Shape input = inputs.get(0).shape();
    Require.rank(input, 3, "[batch, time, features]");
    Shape shape = Shape.of(Require.known(input, 2), 4L * units);
    kernel = addWeight("kernel", shape, kernelInitializer, true, kernelRegularizer);
    recurrentKernel =
        addWeight(
            "recurrent_kernel",
            Shape.of(units, 4L * units),
            recurrentInitializer,
            true,
            recurrentRegularizer);
    Initializer ofBias = unitForgetBias ? withForgetOnes(biasInitializer) : biasInitializer;
    bias = useBias ? addWeight("bias", Shape.of(4L * units), ofBias) : null;
  }

  private Initializer withForgetOnes(Initializer others) {
    Shape one = Shape.of(units);
    Shape two = Shape.of(2L * units);
    return (key, shape, dtype, device) ->
        ShapeOps.concatenate(
            0,
            others.initialize(key.fold(0), one, dtype, device),
            Tensor.full(one, 1, dtype, device),
            others.initialize(key.fold(1), two, dtype, device));
  }

  @Override
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    Tensor x = inputs.get(0);
    Require.rank(x.shape(), 3, "[batch, time, features]");
    Require.length(x, 2, kernel.shape().dim(0), "features");
    if (x.dim(1) < 1) {
      throw new OpException("takes sequences of at least one step, given " + x.spec());
    }
    Tensor[] first = firstStates(inputs);
    Tensor ordered = goBackwards ? ShapeOps.flip(x, 1) : x;
    Recurrent.Lstm result = run(ordered, first[0], first[1], context);
    Tensor y = returnSequences ? result.sequence() : result.h();
    return returnState ? List.of(y, result.h(), result.c()) : List.of(y);
  }

  private Tensor[] firstStates(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Shape state = Shape.of(x.dim(0), units);
    if (inputs.size() == 1) {
      Tensor zeros = Tensor.full(state, 0, x.dtype(), x.device());
      return new Tensor[] {zeros, zeros};
    }
    if (inputs.size() != 3) {
      throw new OpException(
          "takes a sequence, or a sequence with the first output and cell state, given "
              + inputs.size()
              + " inputs");
    }
    for (Tensor given : inputs.subList(1, 3)) {
      if (!given.shape().equals(state)) {
        throw new OpException("takes first states of shape " + state + ", given " + given.spec());
      }
    }
    return new Tensor[] {inputs.get(1), inputs.get(2)};
  }

  private Recurrent.Lstm run(Tensor x, Tensor h, Tensor c, CallContext context) {
    Tensor w = context.weight(kernel);
    Tensor u = context.weight(recurrentKernel);
    if (activation == Activations.TANH && recurrentActivation == Activations.SIGMOID) {
      Tensor b =
          bias != null
              ? context.weight(bias)
              : Tensor.full(Shape.of(4L * units), 0, x.dtype(), x.device());
      return Recurrent.lstm(x, w, u, b, h, c);
    }
    Tensor projected = x.matmul(w);
    return stepByStep(
        bias == null ? projected : projected.add(context.weight(bias)), u, h, c, context);
  }

  private Recurrent.Lstm stepByStep(
      Tensor projected, Tensor u, Tensor h0, Tensor c0, CallContext context) {
    Tensor h = h0;
    Tensor c = c0;
    Tensor[] outputs = new Tensor[Math.toIntExact(projected.dim(1))];
    for (int t = 0; t < outputs.length; t++) {
      Tensor gates = projected.select(1, t).add(h.matmul(u));
      List<Tensor> parts = ShapeOps.split(gates, 1, units, units, units, units);
      Tensor input = recurrentActivation.apply(parts.get(0), context);
      Tensor forget = recurrentActivation.apply(parts.get(1), context);
      Tensor candidate = activation.apply(parts.get(2), context);
      Tensor output = recurrentActivation.apply(parts.get(3), context);
      c = forget.mul(c).add(input.mul(candidate));
      h = output.mul(activation.apply(c, context));
      outputs[t] = h;
    }
    return new Recurrent.Lstm(ShapeOps.stack(1, outputs), h, c);
  }
}
