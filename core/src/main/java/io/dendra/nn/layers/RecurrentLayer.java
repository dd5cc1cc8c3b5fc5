package io.dendra.nn.layers;

import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.OpException;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the layers of recurrent cells have in common. */
abstract class RecurrentLayer<L extends RecurrentLayer<L>> extends Layer {
  private final int units;
  private final int gates;
  private final List<String> states;
  private Activation activation = Activations.TANH;
  private Activation recurrentActivation = Activations.SIGMOID;
  private boolean useBias = true;
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

  /**
   * A layer of so many units.
   *
   * @param gates how many times as wide as the units the kernels are
   * @param states what the states are called, the output first
   */
  RecurrentLayer(int units, int gates, String... states) {
    this.units = Require.positive(label(), "units", units);
    this.gates = gates;
    this.states = List.of(states);
  }

  /** The weights as a pass needs them; the bias is of zeros if there is none. */
  record Weights(Tensor kernel, Tensor recurrentKernel, Tensor bias) {}

  abstract L self();

  abstract Shape biasShape();

  /** The outputs of all steps and the last states, by the fused op for tanh and sigmoid. */
  abstract Tensor[] fused(Tensor x, Weights weights, Tensor[] first);

  /** Whether the cell is the one of the fused op, but for the activations. */
  boolean hasFused() {
    return true;
  }

  /** The same step by step, with any activations. */
  abstract Tensor[] stepByStep(
      Tensor x,
      Weights weights,
      Tensor[] first,
      UnaryOperator<Tensor> gate,
      UnaryOperator<Tensor> activation);

  /** What the bias starts with. */
  Initializer firstBias(Initializer given) {
    return given;
  }

  final int units() {
    return units;
  }

  private String label() {
    return getClass().getSimpleName();
  }

  /** Sets the function of the candidate, or of cell input and output; tanh if not given. */
  public L activation(Activation function) {
    this.activation = Require.given(label(), "activation", function);
    return self();
  }

  /** Sets the function of the gates; sigmoid if not given. */
  public L recurrentActivation(Activation function) {
    this.recurrentActivation = Require.given(label(), "recurrent_activation", function);
    return self();
  }

  /** Whether a bias is added; it is if not said otherwise. */
  public L useBias(boolean use) {
    this.useBias = use;
    return self();
  }

  /** Whether it gives the output of each step; only the last if not said otherwise. */
  public L returnSequences(boolean all) {
    this.returnSequences = all;
    return self();
  }

  /** Whether it gives its last states, too, as further outputs: the output, then the others. */
  public L returnState(boolean last) {
    this.returnState = last;
    return self();
  }

  /** Whether it reads the sequence from its end, giving its outputs in that order. */
  public L goBackwards(boolean backwards) {
    this.goBackwards = backwards;
    return self();
  }

  /** Sets the first values of the kernel; Glorot uniform if not given. */
  public L kernelInitializer(Initializer initializer) {
    this.kernelInitializer = Require.given(label(), "kernel_initializer", initializer);
    return self();
  }

  /** Sets the first values of the recurrent kernel; orthogonal if not given. */
  public L recurrentInitializer(Initializer initializer) {
    this.recurrentInitializer = Require.given(label(), "recurrent_initializer", initializer);
    return self();
  }

  /** Sets the first values of the bias; zeros if not given. */
  public L biasInitializer(Initializer initializer) {
    this.biasInitializer = Require.given(label(), "bias_initializer", initializer);
    return self();
  }

  /** Adds a penalty on the kernel to the loss. */
  public L kernelRegularizer(Regularizer regularizer) {
    this.kernelRegularizer = regularizer;
    return self();
  }

  /** Adds a penalty on the recurrent kernel to the loss. */
  public L recurrentRegularizer(Regularizer regularizer) {
    this.recurrentRegularizer = regularizer;
    return self();
  }

  L with(Settings settings) {
    return activation(Activations.REGISTRY.of(settings.get("activation")))
        .recurrentActivation(Activations.REGISTRY.of(settings.get("recurrent_activation")))
        .useBias(settings.getBoolean("use_bias"))
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
    long width = (long) gates * units;
    Shape shape = Shape.of(Require.known(input, 2), width);
    kernel = addWeight("kernel", shape, kernelInitializer, true, kernelRegularizer);
    recurrentKernel =
        addWeight(
            "recurrent_kernel",
            Shape.of(units, width),
            recurrentInitializer,
            true,
            recurrentRegularizer);
    bias = useBias ? addWeight("bias", biasShape(), firstBias(biasInitializer)) : null;
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
    Weights weights =
        new Weights(
            context.weight(kernel),
            context.weight(recurrentKernel),
            bias != null
                ? context.weight(bias)
                : Tensor.full(biasShape(), 0, x.dtype(), x.device()));
    boolean usual =
        activation == Activations.TANH && recurrentActivation == Activations.SIGMOID && hasFused();
    Tensor[] outputs =
        usual
            ? fused(ordered, weights, first)
            : stepByStep(
                ordered,
                weights,
                first,
                gate -> recurrentActivation.apply(gate, context),
                candidate -> activation.apply(candidate, context));
    if (returnState) {
      outputs[0] = returnSequences ? outputs[0] : outputs[1];
      return Arrays.asList(outputs);
    }
    return List.of(returnSequences ? outputs[0] : outputs[1]);
  }

  private Tensor[] firstStates(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Shape shape = Shape.of(x.dim(0), units);
    Tensor[] first = new Tensor[states.size()];
    if (inputs.size() == 1) {
      Arrays.fill(first, Tensor.full(shape, 0, x.dtype(), x.device()));
      return first;
    }
    if (inputs.size() != 1 + first.length) {
      throw new OpException(
          "takes a sequence, or a sequence with the first "
              + String.join(" and ", states)
              + ", given "
              + inputs.size()
              + " inputs");
    }
    for (int i = 0; i < first.length; i++) {
      first[i] = inputs.get(1 + i);
      if (!first[i].shape().equals(shape)) {
        throw new OpException(
            "takes first states of shape " + shape + ", given " + first[i].spec());
      }
    }
    return first;
  }
}
