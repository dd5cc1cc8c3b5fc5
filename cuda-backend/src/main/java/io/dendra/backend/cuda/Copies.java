package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import java.util.function.Supplier;

/** Copying and filling, by the size of the elements alone. */
final class Copies {
  private static final int SIZES = Long.SIZE;

  private final CudaDevice device;
  private final KernelFamily copy;
  private final KernelFamily fill;

  Copies(CudaDevice device) {
    this.device = device;
    this.copy = new KernelFamily(device, SIZES, Walk.values().length);
    this.fill = new KernelFamily(device, SIZES, Walk.values().length);
  }

  void copy(View in, View out) {
    Geometry geometry = Geometry.of(in, out);
    if (geometry.size() == 0) {
      return;
    }
    int size = in.dtype().byteSize();
    synchronized (device) {
      if (geometry.isDense()) {
        device.enter();
        device
            .driver()
            .copy(
                CudaBuffer.address(out),
                CudaBuffer.address(in),
                geometry.size() * size,
                device.stream());
        return;
      }
      Walk walk = Walk.of(geometry, in, out);
      Kernel kernel = copy.get(size, walk.ordinal(), walk.entry(), source("copy", size));
      walk.launch(device, kernel, device.arguments().add(in).add(out), geometry);
    }
  }

  void fill(View out, double value) {
    Geometry geometry = Geometry.of(out);
    if (geometry.size() == 0) {
      return;
    }
    int size = out.dtype().byteSize();
    long bits = bits(out.dtype(), value);
    synchronized (device) {
      if (bits == 0 && geometry.isDense()) {
        device.enter();
        device
            .driver()
            .fill(CudaBuffer.address(out), (byte) 0, geometry.size() * size, device.stream());
        return;
      }
      Walk walk = Walk.of(geometry, out);
      Kernel kernel = fill.get(size, walk.ordinal(), walk.entry(), source("fill", size));
      walk.launch(device, kernel, device.arguments().add(out).add(bits), geometry);
    }
  }

  private static Supplier<KernelSource> source(String file, int size) {
    return () -> KernelSource.of(file, "T=" + word(size));
  }

  private static String word(int size) {
    return switch (size) {
      case 1 -> "unsigned char";
      case 2 -> "unsigned short";
      case 4 -> "unsigned int";
      case 8 -> "unsigned long long";
      default -> throw new IllegalArgumentException("no element has " + size + " bytes");
    };
  }

  /** A number as an element's bits. */
  private static long bits(DType dtype, double value) {
    return switch (dtype) {
      case FLOAT32 -> Float.floatToRawIntBits((float) value);
      case FLOAT64 -> Double.doubleToRawLongBits(value);
      case INT32 -> (int) value;
      case INT64 -> (long) value;
      case BOOL -> value != 0 ? 1 : 0;
      case FLOAT16 -> HalfPrecision.floatToFloat16((float) value);
      case BFLOAT16 -> HalfPrecision.floatToBfloat16((float) value);
    };
  }
}
