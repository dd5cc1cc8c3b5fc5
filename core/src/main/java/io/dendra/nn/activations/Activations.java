package io.dendra.nn.activations;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.ops.NN;
import io.dendra.serialization.Registry;
import io.dendra.tensor.Tensor;

/** The activations by name, as Keras has them. */
public final class Activations {
  /** {@code x}. */
  public static final Activation LINEAR = x -> x;

  /** {@code max(x, 0)}. */
  public static final Activation RELU = Tensor::relu;

  /** The hyperbolic tangent. */
  public static final Activation TANH = Tensor::tanh;

  /** {@code 1 / (1 + exp(-x))}. */
  public static final Activation SIGMOID = Tensor::sigmoid;

  /** Exponentials that sum to 1 over the last axis. */
  public static final Activation SOFTMAX = x -> NN.softmax(x, -1);

  /** All of them, and those that users add. */
  public static final Registry<Activation> REGISTRY =
      new Registry<Activation>("activation")
          .constant("linear", LINEAR)
          .constant("relu", RELU)
          .constant("tanh", TANH)
          .constant("sigmoid", SIGMOID)
          .constant("softmax", SOFTMAX);

  private Activations() {}

  /**
   * The activation of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Activation of(String name) {
    return REGISTRY.of(name);
  }

  /** What a fused layer can apply itself, NONE for all other activations. */
  public static Epilogue epilogue(Activation activation) {
    if (activation == RELU) {
      return Epilogue.RELU;
    }
    if (activation == TANH) {
      return Epilogue.TANH;
    }
    return activation == SIGMOID ? Epilogue.SIGMOID : Epilogue.NONE;
  }

  /** Whether a fused layer can apply it itself. */
  public static boolean isEpilogue(Activation activation) {
    return activation == LINEAR || epilogue(activation) != Epilogue.NONE;
  }
}
