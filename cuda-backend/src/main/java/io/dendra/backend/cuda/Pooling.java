package io.dendra.backend.cuda;

import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;

/** Kernels that take windows to one element, a thread for each element of the result. */
final class Pooling {
  private static final int TYPES = DType.values().length;
  private static final int SPATIAL = 3;

  private final CudaDevice device;
  private final KernelFamily kernels;

  private enum Entry {
    GREATEST("greatest"),
    MEAN("mean"),
    MEAN_GRADIENT("mean_gradient");

    private final String kernel;

    Entry(String kernel) {
      this.kernel = kernel;
    }
  }

  Pooling(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, 2 * TYPES, Entry.values().length);
  }

  void maxPool(PoolSpec spec, View x, View out, View argmax) {
    run(Entry.GREATEST, spec, x, out, argmax, out, x, out, argmax);
  }

  void avgPool(PoolSpec spec, View x, View out) {
    run(Entry.MEAN, spec, x, out, out, out, x, out);
  }

  void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    run(Entry.MEAN_GRADIENT, spec, out, gradOut, out, out, gradOut, out);
  }

  /**
   * Launches a kernel.
   *
   * @param input the operand of the shape of what is pooled
   * @param output the operand of the shape of what comes out of it
   * @param places of the shape of the output
   * @param result the operand that has a thread for each element
   * @param operands in the order of the kernel's parameters
   */
  private void run(
      Entry entry,
      PoolSpec spec,
      View input,
      View output,
      View places,
      View result,
      View... operands) {
    if (result.layout().size() == 0) {
      return;
    }
    boolean narrow = true;
    for (View operand : operands) {
      narrow &= Axes.isNarrow(operand.layout());
    }
    String places32 = narrow ? "uint32" : "int64";
    String type = KernelSource.type(result.dtype());
    int variant = 2 * result.dtype().ordinal() + (narrow ? 0 : 1);
    synchronized (device) {
      Kernel kernel =
          kernels.get(
              variant,
              entry.ordinal(),
              entry.kernel,
              () -> KernelSource.of("pooling", "T=" + type, "I=" + places32));
      Arguments arguments = device.arguments();
      for (View operand : operands) {
        arguments.add(operand);
      }
      arguments.add(words(spec, input.layout(), output.layout(), places.layout(), result.layout()));
      device.launch(kernel, result.layout().size());
    }
  }

  /** The structure {@code Pool} of {@code pooling.cu}. */
  private static long[] words(
      PoolSpec spec, Layout input, Layout output, Layout places, Layout result) {
    int n = spec.spatialRank();
    long[] words = new long[3 + 5 * SPATIAL + 3 * (SPATIAL + 2)];
    words[0] = result.size();
    words[1] = result.stride(1) < result.stride(n + 1) ? 1 : 0;
    words[2] = result.shape().dim(1);
    for (int i = 0; i < SPATIAL; i++) {
      int d = i - (SPATIAL - n);
      words[3 + i] = d < 0 ? 1 : spec.window()[d];
      words[3 + SPATIAL + i] = d < 0 ? 1 : spec.strides()[d];
      words[3 + 2 * SPATIAL + i] = d < 0 ? 0 : spec.padLow()[d];
      words[3 + 3 * SPATIAL + i] = d < 0 ? 1 : input.shape().dim(d + 2);
      words[3 + 4 * SPATIAL + i] = d < 0 ? 1 : output.shape().dim(d + 2);
    }
    strides(words, 3 + 5 * SPATIAL, input, n);
    strides(words, 5 + 6 * SPATIAL, output, n);
    strides(words, 7 + 7 * SPATIAL, places, n);
    return words;
  }

  private static void strides(long[] words, int at, Layout layout, int n) {
    words[at] = layout.stride(0);
    words[at + 1] = layout.stride(1);
    for (int d = 0; d < n; d++) {
      words[at + 2 + SPATIAL - n + d] = layout.stride(d + 2);
    }
  }
}
