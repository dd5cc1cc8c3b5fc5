package io.dendra.backend.cuda;

import java.util.function.Supplier;

/**
 * The kernels of one source file, found by numbers instead of names, since a name would have to be
 * put together for every launch.
 */
final class KernelFamily {
  private final CudaDevice device;
  private final Kernel[][] kernels;

  /**
   * An empty family.
   *
   * @param variants the number of ways to specialise the source
   * @param entries the number of kernels in it
   */
  KernelFamily(CudaDevice device, int variants, int entries) {
    this.device = device;
    this.kernels = new Kernel[variants][entries];
  }

  /** A kernel, compiled when first asked for; the caller holds the device's monitor. */
  Kernel get(int variant, int entry, String name, Supplier<KernelSource> source) {
    Kernel kernel = kernels[variant][entry];
    if (kernel == null) {
      kernel = device.kernel(source.get(), name);
      kernels[variant][entry] = kernel;
    }
    return kernel;
  }
}
