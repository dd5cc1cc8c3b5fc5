package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;
import io.dendra.tensor.DType;

/** Gelu and its gradient, element by element. */
final class Gelu {
  private static final int WALKS = Walk.values().length;

  private final CudaDevice device;
  private final KernelFamily family;

  Gelu(CudaDevice device) {
    this.device = device;
    this.family = new KernelFamily(device, DType.values().length * 2, WALKS * 2);
  }

  FusedKernel kernel(boolean approximate) {
    return new FusedKernel() {
      @Override
      public void forward(View[] inputs, View[] outputs) {
        run(approximate, "", 0, inputs[0], outputs[0]);
      }

      @Override
      public boolean hasBackward() {
        return true;
      }

      @Override
      public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
        if (gradInputs[0] != null) {
          run(approximate, "_backward", WALKS, inputs[0], gradOutputs[0], gradInputs[0]);
        }
      }
    };
  }

  private void run(boolean approximate, String suffix, int entries, View... operands) {
    Geometry geometry = Geometry.of(operands);
    if (geometry.size() == 0) {
      return;
    }
    Walk walk = Walk.of(geometry, operands);
    DType dtype = operands[0].dtype();
    int flavour = approximate ? 1 : 0;
    synchronized (device) {
      Kernel kernel =
          family.get(
              dtype.ordinal() * 2 + flavour,
              entries + walk.ordinal(),
              walk.entry() + suffix,
              () ->
                  KernelSource.of(
                      "gelu", "T=" + KernelSource.type(dtype), "APPROXIMATE=" + flavour));
      Arguments arguments = device.arguments();
      for (View operand : operands) {
        arguments.add(operand);
      }
      walk.launch(device, kernel, arguments, geometry);
    }
  }
}
