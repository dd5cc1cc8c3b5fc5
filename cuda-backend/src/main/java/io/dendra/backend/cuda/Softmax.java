package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;

/**
 * Softmax and its logarithm along any axis: a group of threads for each row, or a thread where rows
 * are neighbours in memory.
 */
final class Softmax {
  private static final int MOST_EACH = 16;

  /** Above this length a thread for a row needs many rows to keep a device busy. */
  private static final int LONG_COLUMN = 64;

  private static final int MANY_COLUMNS = 8192;

  private final CudaDevice device;
  private final KernelFamily family;

  private enum Entry {
    FORWARD,
    BACKWARD,
    FORWARD_COLUMNS,
    BACKWARD_COLUMNS
  }

  Softmax(CudaDevice device) {
    this.device = device;
    this.family = new KernelFamily(device, Rows.VARIANTS * 2, Entry.values().length);
  }

  /** Null for what has no rows to speak of. */
  FusedKernel kernel(int axis, boolean logarithm, View x) {
    if (x.shape().dim(axis) > Integer.MAX_VALUE) {
      return null;
    }
    return new FusedKernel() {
      @Override
      public void forward(View[] inputs, View[] outputs) {
        run(logarithm, axis, Entry.FORWARD, Entry.FORWARD_COLUMNS, inputs[0], outputs[0]);
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
        if (gradInputs[0] != null) {
          View[] operands = {outputs[0], gradOutputs[0], gradInputs[0]};
          run(logarithm, axis, Entry.BACKWARD, Entry.BACKWARD_COLUMNS, operands);
        }
      }
    };
  }

  /** Over operands of one shape, the last of which is the result. */
  private void run(boolean logarithm, int axis, Entry rows, Entry columns, View... operands) {
    View out = operands[operands.length - 1];
    if (out.layout().size() == 0) {
      return;
    }
    int length = Math.toIntExact(out.shape().dim(axis));
    Geometry geometry =
        Geometry.of(
            Arrays.stream(operands)
                .map(operand -> without(operand.layout(), axis))
                .toArray(Layout[]::new));
    boolean byColumns =
        length > 1
            && out.layout().stride(axis) != 1
            && (length <= LONG_COLUMN || geometry.size() >= MANY_COLUMNS);
    Rows plan =
        byColumns
            ? new Rows(1, 1, 1)
            : Rows.of(length, Rows.vector(length, out.dtype(), axis, operands), MOST_EACH);
    Entry entry = byColumns ? columns : rows;
    synchronized (device) {
      Kernel kernel = kernel(plan, logarithm, out, entry);
      Arguments arguments = device.arguments();
      for (View operand : operands) {
        arguments.add(operand).add(operand.layout().stride(axis));
      }
      arguments.add(length).add(geometry.words());
      if (byColumns) {
        device.launch(kernel, geometry.size());
      } else {
        device.launch(kernel, plan.grid(geometry.size()), plan.threads(), 0);
      }
    }
  }

  private Kernel kernel(Rows plan, boolean logarithm, View out, Entry entry) {
    int flavour = logarithm ? 1 : 0;
    return family.get(
        plan.variant(out.dtype()) * 2 + flavour,
        entry.ordinal(),
        entry.name().toLowerCase(Locale.ROOT),
        () -> plan.source("softmax", out.dtype(), "LOGARITHM=" + flavour));
  }

  private static Layout without(Layout layout, int axis) {
    int rank = layout.rank() - 1;
    long[] dims = new long[rank];
    long[] strides = new long[rank];
    for (int i = 0; i < rank; i++) {
      int from = i < axis ? i : i + 1;
      dims[i] = layout.shape().dim(from);
      strides[i] = layout.stride(from);
    }
    return Layout.of(Shape.of(dims), strides, 0);
  }
}
