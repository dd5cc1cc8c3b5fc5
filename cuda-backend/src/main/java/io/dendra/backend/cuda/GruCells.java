package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;

/** The kernels between the products of a GRU; the caller holds the device's monitor. */
final class GruCells {
  private static final int FORWARD = 0;
  private static final int BACKWARD = 1;

  private final CudaDevice device;
  private final KernelFamily kernels;

  GruCells(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, DType.values().length, BACKWARD + 1);
  }

  private Kernel kernel(View gates, int entry, String name) {
    DType type = gates.dtype();
    return kernels.get(
        type.ordinal(), entry, name, () -> KernelSource.of("gru", "T=" + KernelSource.type(type)));
  }

  /**
   * {@code h = update before + (1 - update) candidate}.
   *
   * @param gates the input's products of this step, {@code [batch, 3 units]}
   * @param inner the recurrent products, {@code [batch, 3 units]} without gaps
   * @param bias of both, {@code [2, 3 units]}
   * @param last where h is written too, or null
   */
  void forward(View gates, View inner, View bias, View before, View h, View last) {
    Kernel kernel = kernel(gates, FORWARD, "forward");
    Arguments arguments = device.arguments();
    arguments.add(gates).add(gates.layout().stride(0)).add(inner);
    arguments.addMatrix(bias).addMatrix(before).addMatrix(h).addMatrix(last);
    launch(kernel, arguments, h.shape());
  }

  /**
   * One step back, leaving the gradients of the products in their place.
   *
   * @param inner the recurrent products, whose rows are as far apart as those of {@code gates}
   * @param above the gradient of the step's output, or null
   */
  void backward(View gates, View inner, View bias, View before, View above, View dh) {
    Kernel kernel = kernel(gates, BACKWARD, "backward");
    Arguments arguments = device.arguments();
    arguments.add(gates).add(inner).add(gates.layout().stride(0));
    arguments.addMatrix(bias).addMatrix(before).addMatrix(above).add(dh);
    launch(kernel, arguments, dh.shape());
  }

  private void launch(Kernel kernel, Arguments arguments, Shape cells) {
    arguments.add((int) cells.dim(0)).add((int) cells.dim(1));
    device.launch(kernel, cells.size());
  }
}
