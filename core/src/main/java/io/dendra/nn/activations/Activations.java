package io.dendra.nn.activations;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.serialization.Registry;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Tensor;

/** The activations by name, as Keras has them. */
public final class Activations {
  /** {@code x}. */
  public static final Activation LINEAR = x -> x;

  /** {@code max(x, 0)}. */
  public static final Activation RELU = Tensor::relu;

  /** {@code x} above 0, {@code 0.2 x} below (A. Maas et al., 2013). */
  public static final Activation LEAKY_RELU = new LeakyRelu(LeakyRelu.SLOPE);

  /**
   * {@code x} above 0; below, x times a random slope of 1/8 to 1/3 in training, and times the mean
   * of these else (B. Xu et al., 2015).
   */
  public static final Activation RRELU = new RRelu(RRelu.LOWER, RRelu.UPPER);

  /** {@code min(max(x, 0), 6)}. */
  public static final Activation RELU6 = x -> Elementwise.minimum(x.relu(), 6);

  /** {@code x} above 0, {@code exp(x) - 1} below (D. Clevert et al., 2015). */
  public static final Activation ELU = new Elu(1);

  /** A scaled ELU that keeps mean 0 and variance 1 (G. Klambauer et al., 2017). */
  public static final Activation SELU =
      x -> elu(1.6732632423543772).apply(x).mul(1.0507009873554805);

  /** {@code x Φ(x)} with the normal distribution's Φ (D. Hendrycks and K. Gimpel, 2016). */
  public static final Activation GELU = new Gelu(false);

  /** {@code x · sigmoid(x)}. */
  public static final Activation SILU = x -> x.mul(x.sigmoid());

  /** {@code x · tanh(softplus(x))} (D. Misra, 2019). */
  public static final Activation MISH = x -> x.mul(Elementwise.unary(UnaryOp.SOFTPLUS, x).tanh());

  /** The hyperbolic tangent. */
  public static final Activation TANH = Tensor::tanh;

  /** {@code 1 / (1 + exp(-x))}. */
  public static final Activation SIGMOID = new Undoable(Tensor::sigmoid);

  /** {@code min(max(x + 3, 0), 6) / 6}. */
  public static final Activation HARD_SIGMOID = x -> RELU6.apply(x.add(3)).div(6);

  /** {@code log(1 + exp(x))}. */
  public static final Activation SOFTPLUS = x -> Elementwise.unary(UnaryOp.SOFTPLUS, x);

  /** {@code x / (1 + |x|)}. */
  public static final Activation SOFTSIGN = x -> x.div(x.abs().add(1));

  /** {@code exp(x)}. */
  public static final Activation EXPONENTIAL = Tensor::exp;

  /** Exponentials that sum to 1 over the last axis. */
  public static final Activation SOFTMAX = new Undoable(x -> NN.softmax(x, -1));

  /** The logarithm of {@link #SOFTMAX}. */
  public static final Activation LOG_SOFTMAX = x -> NN.logSoftmax(x, -1);

  /** All of them, and those that users add. */
  public static final Registry<Activation> REGISTRY =
      new Registry<Activation>("activation")
          .constant("linear", LINEAR)
          .constant("relu", RELU)
          .kind("leaky_relu", LeakyRelu.class, Activations::leakyRelu)
          .kind("rrelu", RRelu.class, Activations::rrelu)
          .constant("relu6", RELU6)
          .kind("elu", Elu.class, Activations::elu)
          .constant("selu", SELU)
          .kind("gelu", Gelu.class, Activations::gelu)
          .constant("silu", SILU)
          .constant("mish", MISH)
          .constant("tanh", TANH)
          .constant("sigmoid", SIGMOID)
          .constant("hard_sigmoid", HARD_SIGMOID)
          .constant("softplus", SOFTPLUS)
          .constant("softsign", SOFTSIGN)
          .constant("exponential", EXPONENTIAL)
          .constant("softmax", SOFTMAX)
          .constant("log_softmax", LOG_SOFTMAX);

  private Activations() {}

  /** {@link #LEAKY_RELU} with another slope below 0. */
  public static Activation leakyRelu(double negativeSlope) {
    return new LeakyRelu(negativeSlope);
  }

  /** {@link #RRELU} with slopes drawn from another range. */
  public static Activation rrelu(double lower, double upper) {
    return new RRelu(lower, upper);
  }

  /** {@link #ELU} that goes down to {@code -alpha}. */
  public static Activation elu(double alpha) {
    return new Elu(alpha);
  }

  /** {@link #GELU}, or its tanh approximation. */
  public static Activation gelu(boolean approximate) {
    return new Gelu(approximate);
  }

  private static LeakyRelu leakyRelu(Settings settings) {
    return new LeakyRelu(settings.getDouble("negative_slope", LeakyRelu.SLOPE));
  }

  private static RRelu rrelu(Settings settings) {
    return new RRelu(
        settings.getDouble("lower", RRelu.LOWER), settings.getDouble("upper", RRelu.UPPER));
  }

  private static Elu elu(Settings settings) {
    return new Elu(settings.getDouble("alpha", 1));
  }

  private static Gelu gelu(Settings settings) {
    return new Gelu(settings.has("approximate") && settings.getBoolean("approximate"));
  }

  /**
   * The activation of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Activation of(String name) {
    return REGISTRY.of(name);
  }

  /**
   * What a fused layer can apply itself, NONE for all other activations. A sigmoid is not among
   * them: a cross-entropy would not see the logits.
   */
  public static Epilogue epilogue(Activation activation) {
    if (activation == RELU) {
      return Epilogue.RELU;
    }
    return activation == TANH ? Epilogue.TANH : Epilogue.NONE;
  }

  /** Whether a fused layer can apply it itself. */
  public static boolean isEpilogue(Activation activation) {
    return activation == LINEAR || epilogue(activation) != Epilogue.NONE;
  }
}
