package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;

/** Dropout, which draws its mask again in the backward pass in place of storing it. */
final class Dropout {
  private final CudaDevice device;
  private final KernelFamily family;

  Dropout(CudaDevice device) {
    this.device = device;
    this.family = new KernelFamily(device, DType.values().length, Walk.values().length);
  }

  FusedKernel kernel(FusedOp.Dropout op) {
    return new FusedKernel() {
      @Override
      public void forward(View[] inputs, View[] outputs) {
        apply(op, inputs[0], outputs[0]);
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
        if (gradInputs[0] != null) {
          apply(op, gradOutputs[0], gradInputs[0]);
        }
      }
    };
  }

  private void apply(FusedOp.Dropout op, View x, View out) {
    // The draws belong to the logical places.
    Geometry geometry = Geometry.of(x.layout(), Layout.contiguous(x.shape()), out.layout());
    if (geometry.size() == 0) {
      return;
    }
    Walk walk = Walk.of(geometry, x, out);
    double scale = 1 / (1 - op.rate());
    synchronized (device) {
      Kernel kernel =
          family.get(
              x.dtype().ordinal(),
              walk.ordinal(),
              walk.entry(),
              () -> KernelSource.of("dropout", "T=" + KernelSource.type(x.dtype())));
      Arguments arguments = device.arguments().add(x).add(out).add((float) op.rate());
      if (x.dtype() == DType.FLOAT64) {
        arguments.add(scale);
      } else {
        arguments.add((float) scale);
      }
      arguments.add(op.key()).add(op.counter()).add(device.variables(op));
      walk.launch(device, kernel, arguments, geometry);
    }
  }
}
