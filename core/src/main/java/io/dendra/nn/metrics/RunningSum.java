package io.dendra.nn.metrics;

import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;

/**
 * A sum in float64, to which a device adds without the host waiting for it; what it holds there
 * comes to the host when the value is read.
 */
final class RunningSum {
  private double onHost;
  private Tensor onDevice;

  void add(double value) {
    onHost += value;
  }

  /** Adds a single number; to be called within a scope. */
  void add(Tensor value) {
    Tensor wide = value.cast(DType.FLOAT64);
    if (onDevice == null) {
      onDevice = wide.retained();
    } else if (onDevice.device().equals(wide.device())) {
      onDevice.assign(onDevice.add(wide));
    } else {
      value();
      onDevice = wide.retained();
    }
  }

  double value() {
    if (onDevice != null) {
      onHost += onDevice.item();
      close();
    }
    return onHost;
  }

  void reset() {
    onHost = 0;
    close();
  }

  private void close() {
    if (onDevice != null) {
      onDevice.close();
      onDevice = null;
    }
  }
}
