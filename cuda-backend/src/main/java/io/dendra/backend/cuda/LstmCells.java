package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;

/** The kernels between the products of an LSTM; the caller holds the device's monitor. */
final class LstmCells {
  private static final int FORWARD = 0;
  private static final int RECALL = 1;
  private static final int BACKWARD = 2;

  private final CudaDevice device;
  private final KernelFamily kernels;

  LstmCells(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, DType.values().length, BACKWARD + 1);
  }

  private Kernel kernel(View gates, int entry, String name) {
    DType type = gates.dtype();
    return kernels.get(
        type.ordinal(), entry, name, () -> KernelSource.of("lstm", "T=" + KernelSource.type(type)));
  }

  /**
   * {@code cell = forget before + input candidate}, {@code h = output tanh(cell)}.
   *
   * @param gates what the products gave for this step, {@code [batch, 4 units]}
   * @param last where h is written too, or null
   */
  void forward(View gates, View bias, View before, View cell, View h, View last) {
    Kernel kernel = kernel(gates, FORWARD, "forward");
    Arguments arguments = device.arguments();
    arguments.add(gates).add(gates.layout().stride(0));
    arguments.add(bias).add(bias.layout().stride(0));
    arguments.addMatrix(before);
    arguments.addMatrix(cell);
    arguments.addMatrix(h);
    arguments.addMatrix(last);
    launch(kernel, arguments, h.shape());
  }

  /** Activates the gates {@code [batch, time, 4 units]} of all steps and fills the cells. */
  void recall(View gates, View bias, View first, View cells) {
    Kernel kernel = kernel(gates, RECALL, "recall");
    Arguments arguments = device.arguments();
    arguments.add(gates).add(bias).add(bias.layout().stride(0));
    arguments.addMatrix(first);
    arguments.add(cells);
    Shape shape = cells.shape();
    arguments.add((int) shape.dim(0)).add((int) shape.dim(1)).add((int) shape.dim(2));
    device.launch(kernel, shape.dim(0) * shape.dim(2));
  }

  /**
   * One step back, leaving the gradients of the products in the place of the gates.
   *
   * @param above the gradient of the step's output, or null
   */
  void backward(View gates, View cells, View before, View above, View dh, View dc) {
    Kernel kernel = kernel(gates, BACKWARD, "backward");
    Arguments arguments = device.arguments();
    arguments.add(gates).add(gates.layout().stride(0));
    arguments.add(cells).add(cells.layout().stride(0));
    arguments.addMatrix(before);
    arguments.addMatrix(above);
    arguments.add(dh).add(dc);
    launch(kernel, arguments, dh.shape());
  }

  private void launch(Kernel kernel, Arguments arguments, Shape cells) {
    arguments.add((int) cells.dim(0)).add((int) cells.dim(1));
    device.launch(kernel, cells.size());
  }
}
