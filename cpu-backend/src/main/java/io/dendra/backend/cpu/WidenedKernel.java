package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.TensorSpec;

/** A float32 kernel on 16-bit operands: reads them widened and rounds what it writes. */
final class WidenedKernel implements FusedKernel {
  private final HalfCasts casts;
  private final FusedKernel kernel;

  WidenedKernel(HalfCasts casts, FusedKernel kernel) {
    this.casts = casts;
    this.kernel = kernel;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    try (Widening wide = new Widening(casts)) {
      kernel.forward(wide.in(inputs), wide.out(outputs));
      wide.finish();
    }
  }

  @Override
  public boolean hasBackward() {
    return kernel.hasBackward();
  }

  @Override
  public TensorSpec[] saved(View[] inputs) {
    return kernel.saved(inputs);
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Widening wide = new Widening(casts)) {
      kernel.backward(
          wide.in(inputs), wide.in(outputs), wide.in(gradOutputs), wide.out(gradInputs));
      wide.finish();
    }
  }
}
