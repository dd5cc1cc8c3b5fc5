package io.dendra.ops;

import io.dendra.autograd.Autograd;
import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.config.Config;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Runs a fused op: by the backend's kernel where there is one, else by its decomposition.
 *
 * <p>Gradients that are to be differentiated again always come from the decomposition. {@code
 * dendra.fused=off} takes the decomposition everywhere, to tell a wrong kernel from a wrong model.
 */
public final class Fused {
  /** The key of the switch. */
  public static final String FLAG = "dendra.fused";

  private static final ThreadLocal<Boolean> SCOPED = new ThreadLocal<>();

  private Fused() {}

  private static final class Configured {
    static final boolean ON = !Config.get(FLAG).orElse("on").equals("off");
  }

  /** Runs with fused kernels on or off for this thread, whatever the flag says. */
  public static <T> T using(boolean on, Supplier<T> body) {
    Boolean before = SCOPED.get();
    SCOPED.set(on);
    try {
      return body.get();
    } finally {
      if (before == null) {
        SCOPED.remove();
      } else {
        SCOPED.set(before);
      }
    }
  }

  /** Whether fused kernels are used in this thread. */
  public static boolean isOn() {
    Boolean scoped = SCOPED.get();
    return scoped == null ? Configured.ON : scoped;
  }

  /**
   * The outputs of a fused op whose operands have been checked.
   *
   * @param outputs shape and type of each output
   */
  public static Tensor[] apply(
      FusedOp op, Decomposition decomposition, TensorSpec[] outputs, Tensor... in) {
    if (isMeta(in)) {
      return meta(outputs);
    }
    FusedKernel kernel = isOn() ? kernel(op, in) : null;
    Decomposition definition =
        op.isWide() && hasHalf(in) ? widened(op, decomposition, outputs) : decomposition;
    if (kernel == null) {
      return definition.apply(in);
    }
    TensorSpec[] saved =
        kernel.hasBackward() && Autograd.isRecording() && isTracked(in)
            ? kernel.saved(views(in))
            : new TensorSpec[0];
    Forward forward = new Forward(op, kernel, definition, joined(outputs, saved), outputs.length);
    Tensor[] all = Dispatcher.apply(forward, in);
    for (int i = outputs.length; i < all.length; i++) {
      // From here on the graph alone holds it.
      all[i].close();
    }
    return saved.length == 0 ? all : Arrays.copyOf(all, outputs.length);
  }

  private static boolean isTracked(Tensor[] in) {
    for (Tensor tensor : in) {
      if (tensor.isTracked()) {
        return true;
      }
    }
    return false;
  }

  private static TensorSpec[] joined(TensorSpec[] outputs, TensorSpec[] saved) {
    TensorSpec[] all = Arrays.copyOf(outputs, outputs.length + saved.length);
    System.arraycopy(saved, 0, all, outputs.length, saved.length);
    return all;
  }

  /** Without a look at the decomposition, which may be long: one op per step of a sequence. */
  private static Tensor[] meta(TensorSpec[] outputs) {
    Tensor[] out = new Tensor[outputs.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Tensor.meta(outputs[i].shape(), outputs[i].dtype());
    }
    return out;
  }

  private static boolean isMeta(Tensor[] in) {
    for (Tensor tensor : in) {
      if (tensor.isMeta()) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasHalf(Tensor[] in) {
    for (Tensor tensor : in) {
      if (tensor.dtype().isHalf()) {
        return true;
      }
    }
    return false;
  }

  /** The op on float32 copies of its 16-bit operands, whose kernel serves there too. */
  private static Decomposition widened(
      FusedOp op, Decomposition decomposition, TensorSpec[] outputs) {
    return in -> {
      Tensor[] wide = new Tensor[in.length];
      for (int i = 0; i < in.length; i++) {
        wide[i] = in[i].cast(in[i].dtype().accumulator());
      }
      TensorSpec[] specs = new TensorSpec[outputs.length];
      for (int i = 0; i < outputs.length; i++) {
        specs[i] = new TensorSpec(outputs[i].shape(), outputs[i].dtype().accumulator());
      }
      Tensor[] out = apply(op, decomposition, specs, wide);
      for (int i = 0; i < out.length; i++) {
        out[i] = out[i].cast(outputs[i].dtype());
      }
      return out;
    };
  }

  private static FusedKernel kernel(FusedOp op, Tensor[] in) {
    return in[0].openDevice().backend().fused(op, views(in));
  }

  /**
   * Runs a fused op whose outputs lie over some of its operands, such as an optimizer's step.
   *
   * @param out for each output, the operand to write it over
   * @return whether the backend has a kernel and all operands lie on one device; if not, nothing
   *     was done
   */
  public static boolean applyInPlace(FusedOp op, Tensor[] in, Tensor[] out) {
    FusedKernel kernel = isOn() && !isMeta(in) && isOnOneDevice(in) ? kernel(op, in) : null;
    if (kernel == null) {
      return false;
    }
    kernel.forward(views(in), views(out));
    for (Tensor written : out) {
      written.written();
    }
    return true;
  }

  private static boolean isOnOneDevice(Tensor[] in) {
    for (Tensor tensor : in) {
      if (!tensor.device().equals(in[0].device())) {
        return false;
      }
    }
    return true;
  }

  private static View[] views(Tensor[] tensors) {
    View[] views = new View[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      views[i] = tensors[i].view();
    }
    return views;
  }

  /** The kernel's forward pass: {@code own} outputs of the op, and what the kernel saves. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Forward(
      FusedOp op, FusedKernel kernel, Decomposition decomposition, TensorSpec[] outputs, int own)
      implements Primitive {
    @Override
    public String name() {
      return op.label();
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return outputs;
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      kernel.forward(in, out);
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return output < own
          ? Primitive.super.outputLayout(output, spec, in)
          : Layout.contiguous(spec.shape());
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public boolean savesOutput(int output) {
      return kernel.hasBackward();
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return Autograd.isRecording() || !kernel.hasBackward()
          ? Decomposition.gradients(decomposition, c)
          : Backward.apply(op, kernel, c);
    }

    @Override
    public String toString() {
      return op.toString();
    }
  }

  /**
   * The kernel's backward pass. Operands are the inputs, the outputs and the gradients that are
   * there; results the gradients that are wanted.
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Backward(
      FusedOp op,
      FusedKernel kernel,
      TensorSpec[] inputs,
      boolean[] wanted,
      boolean[] gradients,
      int results)
      implements Primitive {

    static Tensor[] apply(FusedOp op, FusedKernel kernel, GradientContext c) {
      int inputs = c.inputCount();
      int outputs = c.outputCount();
      TensorSpec[] specs = new TensorSpec[inputs];
      boolean[] wanted = new boolean[inputs];
      boolean[] gradients = new boolean[outputs];
      int results = 0;
      int count = inputs + outputs;
      for (int i = 0; i < inputs; i++) {
        specs[i] = c.inputSpec(i);
        wanted[i] = c.wants(i);
        results += wanted[i] ? 1 : 0;
      }
      for (int i = 0; i < outputs; i++) {
        gradients[i] = c.gradOutput(i) != null;
        count += gradients[i] ? 1 : 0;
      }
      Tensor[] operands = new Tensor[count];
      int n = 0;
      for (int i = 0; i < inputs; i++) {
        operands[n++] = c.input(i);
      }
      for (int i = 0; i < outputs; i++) {
        operands[n++] = c.output(i);
      }
      for (int i = 0; i < outputs; i++) {
        if (gradients[i]) {
          operands[n++] = c.gradOutput(i);
        }
      }
      Tensor[] found =
          Dispatcher.apply(new Backward(op, kernel, specs, wanted, gradients, results), operands);
      Tensor[] result = new Tensor[inputs];
      for (int i = 0, j = 0; i < inputs; i++) {
        result[i] = wanted[i] ? found[j++] : null;
      }
      return result;
    }

    @Override
    public String name() {
      return op.label() + "_grad";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      TensorSpec[] specs = new TensorSpec[results];
      for (int i = 0, j = 0; i < inputs.length; i++) {
        if (wanted[i]) {
          specs[j++] = inputs[i];
        }
      }
      return specs;
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      for (int i = 0, j = 0; i < inputs.length; i++) {
        if (wanted[i] && j++ == output) {
          return Layout.inOrderOf(in[i].layout(), spec.shape());
        }
      }
      throw new IllegalStateException("no output " + output);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      int outputs = gradients.length;
      View[] forwardIn = Arrays.copyOfRange(in, 0, inputs.length);
      View[] forwardOut = Arrays.copyOfRange(in, inputs.length, inputs.length + outputs);
      View[] gradOutputs = new View[outputs];
      for (int i = 0, j = inputs.length + outputs; i < outputs; i++) {
        gradOutputs[i] = gradients[i] ? in[j++] : null;
      }
      View[] gradInputs = new View[inputs.length];
      for (int i = 0, j = 0; i < inputs.length; i++) {
        gradInputs[i] = wanted[i] ? out[j++] : null;
      }
      kernel.backward(forwardIn, forwardOut, gradOutputs, gradInputs);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      throw new IllegalStateException("higher gradients come from the decomposition");
    }

    @Override
    public String toString() {
      return op + " backward";
    }
  }
}
