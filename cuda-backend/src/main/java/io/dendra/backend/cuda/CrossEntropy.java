package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;

/** Cross-entropy of logits and class numbers, a row per group of threads. */
final class CrossEntropy implements FusedKernel {
  private static final int FORWARD = 0;
  private static final int BACKWARD = 1;
  private static final int MOST_EACH = 16;

  private final CudaDevice device;
  private final KernelFamily family;

  CrossEntropy(CudaDevice device) {
    this.device = device;
    this.family = new KernelFamily(device, Rows.VARIANTS, 2);
  }

  /** Null where there are no classes. */
  FusedKernel kernel(View[] inputs) {
    long classes = inputs[0].shape().dim(1);
    return classes == 0 || classes > Integer.MAX_VALUE ? null : this;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    View x = inputs[0];
    long rows = x.shape().dim(0);
    if (rows == 0) {
      return;
    }
    long classes = x.shape().dim(1);
    Rows plan = Rows.of(classes, Rows.vector(classes, x.dtype(), 1, x), MOST_EACH);
    synchronized (device) {
      Kernel kernel = kernel(plan, x, FORWARD, "forward");
      operands(inputs)
          .add(outputs[0])
          .add(outputs[0].layout().stride(0))
          .add(rows)
          .add((int) classes);
      device.launch(kernel, plan.grid(rows), plan.threads(), 0);
    }
  }

  private Kernel kernel(Rows plan, View x, int entry, String name) {
    return family.get(
        plan.variant(x.dtype()), entry, name, () -> plan.source("cross_entropy", x.dtype()));
  }

  private Arguments operands(View[] inputs) {
    View x = inputs[0];
    return device
        .arguments()
        .add(x)
        .add(x.layout().stride(0))
        .add(x.layout().stride(1))
        .add(inputs[1])
        .add(inputs[1].layout().stride(0));
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    View x = inputs[0];
    View d = gradInputs[0];
    long rows = x.shape().dim(0);
    if (rows == 0 || d == null) {
      return;
    }
    long classes = x.shape().dim(1);
    Rows plan = Rows.of(classes, Rows.vector(classes, x.dtype(), 1, x, d), MOST_EACH);
    synchronized (device) {
      Kernel kernel = kernel(plan, x, BACKWARD, "backward");
      operands(inputs)
          .add(gradOutputs[0])
          .add(gradOutputs[0].layout().stride(0))
          .add(d)
          .add(d.layout().stride(0))
          .add(d.layout().stride(1))
          .add(rows)
          .add((int) classes);
      device.launch(kernel, plan.grid(rows), plan.threads(), 0);
    }
  }
}
