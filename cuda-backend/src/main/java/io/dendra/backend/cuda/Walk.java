package io.dendra.backend.cuda;

import io.dendra.backend.View;

/** The ways in which an elementwise kernel goes over its operands: its entries. */
enum Walk {
  /** Several elements at once from gapless operands. */
  DENSE("dense"),
  /** By strides, with places of 32 bits. */
  STRIDED("strided"),
  /** By strides, with places of 64 bits. */
  WIDE("wide");

  private final String entry;

  Walk(String entry) {
    this.entry = entry;
  }

  /** The name of the kernel. */
  String entry() {
    return entry;
  }

  static Walk of(Geometry geometry, View... operands) {
    if (geometry.isDense() && isAligned(operands)) {
      return DENSE;
    }
    return geometry.isNarrow() ? STRIDED : WIDE;
  }

  private static boolean isAligned(View[] operands) {
    for (View operand : operands) {
      if (CudaBuffer.address(operand) % ((long) Launch.PACK * operand.dtype().byteSize()) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Adds how to walk to the arguments, as the entry's last one, and launches. */
  void launch(CudaDevice device, Kernel kernel, Arguments arguments, Geometry geometry) {
    if (this == DENSE) {
      arguments.add(geometry.size());
      device.launch(kernel, (geometry.size() + Launch.PACK - 1) / Launch.PACK);
    } else {
      arguments.add(geometry.words());
      device.launch(kernel, geometry.size());
    }
  }
}
