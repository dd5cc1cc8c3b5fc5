package io.dendra.autograd;

import io.dendra.ops.Primitive;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Reverse-mode differentiation of any order.
 *
 * <pre>{@code
 * Tensor x = Tensor.of(new float[] {1, 2, 3}).requiresGrad();
 * Tensor y = x.mul(x).sum();
 * Tensor dx = Autograd.grad(y, x);  // [2, 4, 6]
 * }</pre>
 *
 * <p>Ops on a tensor that requires a gradient are recorded, unless in {@link #noGrad}. Nothing is
 * global and nothing accumulates: gradients are what {@link #grad} returns.
 */
public final class Autograd {
  private static final ThreadLocal<Boolean> RECORDING = ThreadLocal.withInitial(() -> true);

  private Autograd() {}

  /** The gradient of a single number by one tensor. */
  public static Tensor grad(Tensor output, Tensor input) {
    return grad(output, List.of(input), options -> options).get(0);
  }

  /** The gradients of a single number by several tensors, in their order. */
  public static List<Tensor> grad(Tensor output, List<Tensor> inputs) {
    return grad(output, inputs, options -> options);
  }

  /**
   * The gradients of a tensor, in the order of the inputs.
   *
   * <p>Without options the graph is freed on the way.
   *
   * @throws IllegalArgumentException when the output is not a single number and no gradient of it
   *     is given, or when it does not depend on an input
   * @throws IllegalStateException when the graph has been freed, or a tensor in it overwritten
   */
  public static List<Tensor> grad(
      Tensor output, List<Tensor> inputs, UnaryOperator<GradientOptions> configure) {
    return new BackwardPass(output, inputs, configure.apply(new GradientOptions())).run();
  }

  /** Whether ops of this thread are recorded. */
  public static boolean isRecording() {
    return RECORDING.get();
  }

  /** Runs without recording. */
  public static <T> T noGrad(Supplier<T> body) {
    return recording(false, body);
  }

  /** Runs without recording. */
  public static void noGrad(Runnable body) {
    recording(
        false,
        () -> {
          body.run();
          return null;
        });
  }

  /** Runs with recording on, inside {@link #noGrad} too. */
  public static void withRecording(Runnable body) {
    recording(
        true,
        () -> {
          body.run();
          return null;
        });
  }

  static <T> T recording(boolean on, Supplier<T> body) {
    boolean before = RECORDING.get();
    if (before == on) {
      return body.get();
    }
    RECORDING.set(on);
    try {
      return body.get();
    } finally {
      RECORDING.set(before);
    }
  }

  /** Marks a tensor as one that gradients are asked for. */
  public static Node leaf(Tensor tensor) {
    if (!tensor.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "gradients are defined for floats, not for " + tensor.spec());
    }
    return new Node(tensor.spec());
  }

  /** Adds a call to the graph if an input is in it; for the dispatcher. */
  public static void record(Primitive primitive, Tensor[] in, Tensor[] out) {
    if (!isTracked(primitive, in)) {
      return;
    }
    Node node = new Node(primitive, in, out);
    boolean used = false;
    for (int i = 0; i < out.length; i++) {
      if (out[i].dtype().isFloating()) {
        out[i].recordedBy(node, i);
        used = true;
      }
    }
    if (!used) {
      // No output can carry a gradient, so nothing owns the node.
      node.retain();
      node.release();
    }
  }

  private static boolean isTracked(Primitive primitive, Tensor[] in) {
    for (int i = 0; i < in.length; i++) {
      if (in[i].isTracked() && primitive.differentiable(i)) {
        return true;
      }
    }
    return false;
  }
}
