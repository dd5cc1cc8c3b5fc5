package io.dendra.backend.cuda;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Dnn.Direction;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;

/** Convolution by plain sums, for what cuDNN does not take. */
final class DirectConvolution {
  private static final int SPATIAL = 3;
  private static final long MOST_BLOCKS = 1 << 20;

  private final CudaDevice device;
  private final KernelFamily kernels;

  DirectConvolution(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, DType.values().length, Direction.values().length);
  }

  void run(Direction direction, ConvSpec spec, boolean add, View x, View w, View y) {
    DType type = x.dtype();
    String entry =
        switch (direction) {
          case FORWARD -> "forward";
          case INPUT_GRADIENT -> "input_gradient";
          case FILTER_GRADIENT -> "filter_gradient";
        };
    long threads =
        switch (direction) {
          case FORWARD -> y.layout().size();
          case INPUT_GRADIENT -> x.layout().size();
          // A block for each element.
          case FILTER_GRADIENT -> w.layout().size() * Launch.BLOCK;
        };
    long blocks = Math.min((threads + Launch.BLOCK - 1) / Launch.BLOCK, MOST_BLOCKS);
    synchronized (device) {
      Kernel kernel =
          kernels.get(
              type.ordinal(),
              direction.ordinal(),
              entry,
              () -> KernelSource.of("convolution", "T=" + KernelSource.type(type)));
      device.arguments().add(x).add(w).add(y).add(words(spec, x, w, y)).add(add ? 1 : 0);
      device.launch(kernel, Grid.of((int) blocks), Launch.BLOCK, 0);
    }
  }

  /** The structure {@code Window} of {@code convolution.cu}. */
  private static long[] words(ConvSpec spec, View x, View w, View y) {
    int n = spec.spatialRank();
    int skipped = SPATIAL - n;
    long[] words = new long[4 + 6 * SPATIAL + 3 * (SPATIAL + 2)];
    words[0] = x.shape().dim(0);
    words[1] = w.shape().dim(1);
    words[2] = w.shape().dim(0);
    words[3] = spec.groups();
    for (int i = 0; i < SPATIAL; i++) {
      int from = i - skipped;
      words[4 + i] = from < 0 ? 1 : x.shape().dim(2 + from);
      words[4 + SPATIAL + i] = from < 0 ? 1 : w.shape().dim(2 + from);
      words[4 + 2 * SPATIAL + i] = from < 0 ? 1 : y.shape().dim(2 + from);
      words[4 + 3 * SPATIAL + i] = from < 0 ? 1 : spec.strides()[from];
      words[4 + 4 * SPATIAL + i] = from < 0 ? 0 : spec.padLow()[from];
      words[4 + 5 * SPATIAL + i] = from < 0 ? 1 : spec.dilation()[from];
    }
    View[] operands = {x, w, y};
    for (int k = 0; k < operands.length; k++) {
      int at = 4 + 6 * SPATIAL + k * (SPATIAL + 2);
      words[at] = operands[k].layout().stride(0);
      words[at + 1] = operands[k].layout().stride(1);
      for (int i = 0; i < n; i++) {
        words[at + 2 + skipped + i] = operands[k].layout().stride(2 + i);
      }
    }
    return words;
  }
}
