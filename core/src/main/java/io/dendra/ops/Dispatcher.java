package io.dendra.ops;

import io.dendra.autograd.Autograd;
import io.dendra.backend.LateIndexException;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;

/**
 * The one way from an op to a backend: checks that operands share a device, allocates results, runs
 * the kernel, and records the call when a gradient will be wanted.
 */
public final class Dispatcher {
  private static final ThreadLocal<OpListener> LISTENER = new ThreadLocal<>();

  private Dispatcher() {}

  /**
   * Runs an op.
   *
   * @throws OpException when the operands do not fit
   */
  public static Tensor[] apply(Primitive primitive, Tensor... in) {
    OpListener listener = LISTENER.get();
    if (listener == null) {
      return record(primitive, in, compute(primitive, in));
    }
    long start = System.nanoTime();
    Tensor[] out = record(primitive, in, compute(primitive, in));
    listener.onOp(primitive, in, out, System.nanoTime() - start);
    return out;
  }

  /** Runs an op that has one result. */
  public static Tensor applyOne(Primitive primitive, Tensor... in) {
    return apply(primitive, in)[0];
  }

  /** Runs with a listener for all ops of this thread, beside one that is there already. */
  public static void listen(OpListener listener, Runnable body) {
    OpListener before = LISTENER.get();
    LISTENER.set(
        before == null
            ? listener
            : (primitive, in, out, nanos) -> {
              before.onOp(primitive, in, out, nanos);
              listener.onOp(primitive, in, out, nanos);
            });
    try {
      body.run();
    } finally {
      if (before == null) {
        LISTENER.remove();
      } else {
        LISTENER.set(before);
      }
    }
  }

  private static Tensor[] record(Primitive primitive, Tensor[] in, Tensor[] out) {
    if (Autograd.isRecording()) {
      Autograd.record(primitive, in, out);
    }
    return out;
  }

  private static Tensor[] compute(Primitive primitive, Tensor[] in) {
    TensorSpec[] specs = infer(primitive, in);
    if (isMeta(in)) {
      return meta(specs);
    }
    OpenDevice device = commonDevice(primitive, in);
    Layout view = primitive.view(in[0].layout());
    if (view != null) {
      return new Tensor[] {in[0].withLayout(view)};
    }
    View[] inViews = new View[in.length];
    for (int i = 0; i < in.length; i++) {
      inViews[i] = in[i].view();
    }
    Tensor[] out = new Tensor[specs.length];
    View[] outViews = new View[specs.length];
    for (int i = 0; i < specs.length; i++) {
      Layout layout = primitive.outputLayout(i, specs[i], in);
      out[i] = Tensor.allocate(device, specs[i].dtype(), layout, primitive.name());
      outViews[i] = out[i].view();
    }
    try {
      primitive.run(device.backend(), inViews, outViews);
    } catch (IndexOutOfBoundsException e) {
      if (e instanceof LateIndexException late && !late.op().equals(primitive.name())) {
        throw OpException.late(late);
      }
      throw new OpException(
          primitive.name()
              + " of "
              + describe(in)
              + ": an index is out of range, "
              + e.getMessage());
    }
    return out;
  }

  private static TensorSpec[] infer(Primitive primitive, Tensor[] in) {
    try {
      return primitive.infer(in);
    } catch (OpException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new OpException(primitive.name() + " of " + describe(in) + ": " + e.getMessage());
    }
  }

  private static boolean isMeta(Tensor[] in) {
    for (Tensor tensor : in) {
      if (tensor.isMeta()) {
        return true;
      }
    }
    return false;
  }

  private static Tensor[] meta(TensorSpec[] specs) {
    Tensor[] out = new Tensor[specs.length];
    for (int i = 0; i < specs.length; i++) {
      out[i] = Tensor.meta(specs[i].shape(), specs[i].dtype());
    }
    return out;
  }

  private static OpenDevice commonDevice(Primitive primitive, Tensor[] in) {
    OpenDevice device = in[0].openDevice();
    for (int i = 1; i < in.length; i++) {
      if (!in[i].device().equals(device.device())) {
        throw new OpException(
            primitive.name()
                + ": the operands are on different devices, "
                + device.device()
                + " and "
                + in[i].device()
                + ": move one with to(device)");
      }
    }
    return device;
  }

  private static String describe(Tensor[] in) {
    return String.join(" and ", Arrays.stream(in).map(tensor -> tensor.spec().toString()).toList());
  }
}
