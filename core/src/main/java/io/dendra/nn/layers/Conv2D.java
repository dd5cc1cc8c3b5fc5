package io.dendra.nn.layers;

import io.dendra.backend.ConvSpec;
import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.Convolution;
import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Slides learned filters over images: {@code activation(conv(x, kernel) + bias)}.
 *
 * <p>Takes {@code [batch, height, width, channels]} and gives {@code [batch, height', width',
 * filters]}; with {@code dataFormat("channels_first")} the channels come second in both. Weights
 * are the kernel {@code [kernelHeight, kernelWidth, channels / groups, filters]} and the bias
 * {@code [filters]}.
 *
 * <pre>{@code
 * new Conv2D(32, 3, "relu")
 * new Conv2D(64, 3).strides(2).padding("same").activation(Activations.GELU)
 * }</pre>
 */
public final class Conv2D extends Layer {
  private static final String NAME = "Conv2D";

  private final int filters;
  private final int[] kernelSize;
  private int[] strides = {1, 1};
  private int[] dilation = {1, 1};
  private int groups = 1;
  private Padding padding = Padding.VALID;
  private DataFormat dataFormat = DataFormat.CHANNELS_LAST;
  private Activation activation = Activations.LINEAR;
  private boolean useBias = true;
  private Initializer kernelInitializer = Initializers.GLOROT_UNIFORM;
  private Initializer biasInitializer = Initializers.ZEROS;
  private Regularizer kernelRegularizer;
  private Parameter kernel;
  private Parameter bias;

  /** A layer of the given number of filters, each of a square size. */
  public Conv2D(int filters, int kernelSize) {
    this(filters, new int[] {kernelSize});
  }

  /** A layer with an activation by name. */
  public Conv2D(int filters, int kernelSize, String activation) {
    this(filters, kernelSize);
    this.activation = Activations.of(activation);
  }

  /** A layer of filters of the given height and width. */
  public Conv2D(int filters, int[] kernelSize) {
    this.filters = Require.positive(NAME, "filters", filters);
    this.kernelSize = Window2D.pair(NAME, "kernel_size", kernelSize);
  }

  /** Sets the steps of the window: one for both dimensions, or height and width; 1 if not given. */
  public Conv2D strides(int... steps) {
    this.strides = Window2D.pair(NAME, "strides", steps);
    return this;
  }

  /** Sets the distances of the kernel's elements: one, or height and width; 1 if not given. */
  public Conv2D dilationRate(int... distances) {
    this.dilation = Window2D.pair(NAME, "dilation_rate", distances);
    return this;
  }

  /** Splits channels and filters into groups that do not see each other; 1 if not given. */
  public Conv2D groups(int count) {
    Require.positive(NAME, "groups", count);
    if (filters % count != 0) {
      throw new IllegalArgumentException(
          NAME + " needs groups that divide its " + filters + " filters, given " + count);
    }
    this.groups = count;
    return this;
  }

  /** Sets the padding, {@code "valid"} or {@code "same"}; valid if not given. */
  public Conv2D padding(String name) {
    return padding(Padding.of(name));
  }

  /** Sets the padding; valid if not given. */
  public Conv2D padding(Padding atBorders) {
    this.padding = Require.given(NAME, "padding", atBorders);
    return this;
  }

  /** Sets where the channels are, {@code "channels_last"} or {@code "channels_first"}. */
  public Conv2D dataFormat(String name) {
    return dataFormat(DataFormat.of(name));
  }

  /** Sets where the channels are; last if not given. */
  public Conv2D dataFormat(DataFormat format) {
    this.dataFormat = Require.given(NAME, "data_format", format);
    return this;
  }

  /** Sets the activation. */
  public Conv2D activation(Activation function) {
    this.activation = Require.given(NAME, "activation", function);
    return this;
  }

  /** Whether a bias is added; it is if not said otherwise. */
  public Conv2D useBias(boolean use) {
    this.useBias = use;
    return this;
  }

  /** Sets the first values of the kernel; Glorot uniform if not given. */
  public Conv2D kernelInitializer(Initializer initializer) {
    this.kernelInitializer = Require.given(NAME, "kernel_initializer", initializer);
    return this;
  }

  /** Sets the first values of the bias; zeros if not given. */
  public Conv2D biasInitializer(Initializer initializer) {
    this.biasInitializer = Require.given(NAME, "bias_initializer", initializer);
    return this;
  }

  /** Adds a penalty on the kernel to the loss. */
  public Conv2D kernelRegularizer(Regularizer regularizer) {
    this.kernelRegularizer = regularizer;
    return this;
  }

  static Conv2D from(Settings settings) {
    return new Conv2D(settings.getInt("filters"), settings.getInts("kernel_size"))
        .strides(settings.getInts("strides"))
        .dilationRate(settings.getInts("dilation_rate"))
        .groups(settings.getInt("groups"))
        .padding(settings.getString("padding"))
        .dataFormat(settings.getString("data_format"))
        .activation(Activations.REGISTRY.of(settings.get("activation")))
        .useBias(settings.getBoolean("use_bias"))
        .kernelInitializer(Initializers.REGISTRY.of(settings.get("kernel_initializer")))
        .biasInitializer(Initializers.REGISTRY.of(settings.get("bias_initializer")))
        .kernelRegularizer(Regularizers.from(settings.get("kernel_regularizer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("filters", filters);
    settings.put("kernel_size", List.of(kernelSize[0], kernelSize[1]));
    settings.put("strides", List.of(strides[0], strides[1]));
    settings.put("padding", Require.label(padding));
    settings.put("data_format", Require.label(dataFormat));
    settings.put("dilation_rate", List.of(dilation[0], dilation[1]));
    settings.put("groups", groups);
    settings.put("activation", Activations.REGISTRY.describe(activation));
    settings.put("use_bias", useBias);
    settings.put("kernel_initializer", Initializers.REGISTRY.describe(kernelInitializer));
    settings.put("bias_initializer", Initializers.REGISTRY.describe(biasInitializer));
    settings.put("kernel_regularizer", Regularizers.describe(kernelRegularizer));
    return settings;
  }

  @Override
  protected void build(Shape input) {
    Require.rank(input, 4, dataFormat.shape());
    long channels = Require.known(input, dataFormat.channelAxis());
    if (channels % groups != 0) {
      throw new OpException(
          "needs a number of channels that its " + groups + " groups divide, given " + channels);
    }
    Shape shape = Shape.of(kernelSize[0], kernelSize[1], channels / groups, filters);
    kernel = addWeight("kernel", shape, kernelInitializer, true, kernelRegularizer);
    bias = useBias ? addWeight("bias", Shape.of(filters), biasInitializer) : null;
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    Require.rank(x.shape(), 4, dataFormat.shape());
    Require.length(x, dataFormat.channelAxis(), kernel.shape().dim(2) * groups, "channels");
    Tensor images = dataFormat.toOps(x);
    Tensor w = context.weight(kernel).permute(3, 2, 0, 1);
    ConvSpec spec = new Window2D(kernelSize, strides, dilation, padding).conv(images, groups);
    Tensor y =
        bias == null
            ? Convolution.conv(images, w, spec)
            : NN.convBias(images, w, context.weight(bias), spec, Activations.epilogue(activation));
    // Back in the order of the input first: an activation may be along the last axis.
    Tensor result = dataFormat.fromOps(y);
    boolean done = bias != null && Activations.isEpilogue(activation);
    return done ? result : activation.apply(result, context);
  }
}
