package io.dendra.autograd;

import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.ops.Primitive;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/**
 * A function with a gradient of one's own, such as a straight-through estimator or one that is more
 * stable than what the ops give.
 *
 * <pre>{@code
 * CustomFunction straightThrough =
 *     new CustomFunction() {
 *       public String name() { return "straight_through"; }
 *       public Tensor forward(Tensor... in) { return Elementwise.unary(UnaryOp.ROUND, in[0]); }
 *       public Tensor[] backward(Tensor[] in, Tensor out, Tensor g) { return new Tensor[] {g}; }
 *     };
 * Tensor y = straightThrough.apply(x);
 * }</pre>
 *
 * <p>The gradient is written in ops, so it has gradients itself.
 */
public interface CustomFunction {
  /** The name in errors and graphs. */
  String name();

  /** The result; ops in here are not recorded. */
  Tensor forward(Tensor... in);

  /**
   * The gradients of the inputs.
   *
   * @param in the inputs
   * @param out the result
   * @param g the gradient of the result
   * @return one for each input, null where there is none
   */
  Tensor[] backward(Tensor[] in, Tensor out, Tensor g);

  /** Calls the function and records it. */
  default Tensor apply(Tensor... in) {
    Tensor out = Autograd.noGrad(() -> forward(in)).detach();
    if (Autograd.isRecording()) {
      Autograd.record(new Call(this), in, new Tensor[] {out});
    }
    return out;
  }

  /** A call in the graph. */
  record Call(CustomFunction function) implements Primitive {
    @Override
    public String name() {
      return function.name();
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return new TensorSpec[] {Autograd.noGrad(() -> function.forward(in)).spec()};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      throw new IllegalStateException(name() + " is computed by its own ops");
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public boolean savesOutput(int output) {
      return true;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor[] in = new Tensor[c.inputCount()];
      for (int i = 0; i < in.length; i++) {
        in[i] = c.input(i);
      }
      Tensor[] gradients = function.backward(in, c.output(0), g);
      if (gradients.length != in.length) {
        throw new IllegalStateException(
            name() + " has " + in.length + " inputs, its gradient gave " + gradients.length);
      }
      return gradients;
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
