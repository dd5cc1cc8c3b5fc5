package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.function.Supplier;

/** Reading at places that a tensor of indices names, a thread for each element of the result. */
final class Indexing {
  /** Elements of 1 to 16 bytes. */
  private static final int SIZES = 17;

  private static final int WIDEST = 16;

  private final CudaDevice device;
  private final KernelFamily kernels;
  private final KernelFamily checks;

  Indexing(CudaDevice device) {
    this.device = device;
    this.kernels = new KernelFamily(device, 2 * SIZES, 1);
    this.checks = new KernelFamily(device, 1, 1);
  }

  void checkLabels(View labels, long classes) {
    long size = labels.layout().size();
    if (size == 0) {
      return;
    }
    synchronized (device) {
      Kernel kernel = checks.get(0, 0, "check", () -> KernelSource.of("check_labels"));
      Arguments arguments = device.arguments().add(labels).add(size).add(classes);
      arguments.add(device.indexFaults().address()).add(IndexFaults.Op.LABEL.ordinal());
      device.launch(kernel, size);
    }
  }

  void gather(View in, View indices, int axis, View out) {
    Layout from = in.layout();
    int before = axis;
    int indexed = indices.layout().rank();
    int rank = out.layout().rank();
    long[] begins = new long[rank];
    long[] named = new long[rank];
    for (int i = 0; i < rank; i++) {
      if (i < before) {
        begins[i] = from.stride(i);
      } else if (i < before + indexed) {
        named[i] = indices.layout().stride(i - before);
      } else {
        begins[i] = from.stride(i - indexed + 1);
      }
    }
    take(IndexFaults.Op.GATHER, in, indices, axis, out, begins, named);
  }

  void takeAlong(View in, View indices, int axis, View out) {
    long[] begins = in.layout().strides();
    begins[axis] = 0;
    take(IndexFaults.Op.TAKE_ALONG, in, indices, axis, out, begins, indices.layout().strides());
  }

  /**
   * Takes elements.
   *
   * @param begins the strides of the input over the shape of the result, 0 where the index decides
   * @param named the strides of the indices over that shape
   */
  private void take(
      IndexFaults.Op op, View in, View indices, int axis, View out, long[] begins, long[] named) {
    if (out.layout().size() == 0) {
      return;
    }
    Geometry geometry =
        Geometry.of(
            Layout.of(out.shape(), begins, 0), Layout.of(out.shape(), named, 0), out.layout());
    long step = in.layout().stride(axis);
    int size = out.dtype().byteSize();
    int together = together(geometry, step, size, in, out);
    boolean narrow = geometry.isNarrow() && Axes.isNarrow(in.layout());
    Supplier<KernelSource> source =
        () ->
            KernelSource.of(
                "take", "W=" + word(size * together), "I=" + (narrow ? "uint32" : "int64"));
    int variant = 2 * size * together + (narrow ? 0 : 1);
    long[] words = geometry.words();
    long threads = geometry.size();
    if (together > 1) {
      threads /= together;
      shorten(words, geometry.rank(), together);
    }
    synchronized (device) {
      Kernel kernel = kernels.get(variant, 0, "take", source);
      Arguments arguments = device.arguments().add(in).add(indices).add(out);
      arguments.add(step / together).add(in.shape().dim(axis));
      arguments.add(device.indexFaults().address()).add(op.ordinal()).add(words);
      device.launch(kernel, threads);
    }
  }

  /** How many neighbours can be taken at once, because one index takes all of them. */
  private static int together(Geometry geometry, long step, int size, View in, View out) {
    int last = geometry.rank() - 1;
    if (last < 0 || geometry.stride(0, last) != 1 || geometry.stride(1, last) != 0) {
      return 1;
    }
    for (int n = WIDEST / size; n > 1; n /= 2) {
      boolean fits = geometry.dim(last) % n == 0 && step % n == 0;
      fits &= (CudaBuffer.address(in) | CudaBuffer.address(out)) % ((long) n * size) == 0;
      for (int i = 0; i < last; i++) {
        fits &= geometry.stride(0, i) % n == 0 && geometry.stride(2, i) % n == 0;
      }
      if (fits) {
        return n;
      }
    }
    return 1;
  }

  /** Counts in elements that are so many times as wide. */
  private static void shorten(long[] words, int rank, int times) {
    words[1] /= times;
    words[1 + rank] /= times;
    for (int operand : new int[] {0, 2}) {
      int at = 2 + Geometry.MAX_RANK * (1 + operand);
      for (int i = 0; i < rank - 1; i++) {
        words[at + i] /= times;
      }
    }
  }

  private static String word(int bytes) {
    return switch (bytes) {
      case 1 -> "unsigned char";
      case 2 -> "unsigned short";
      case 4 -> "uint32";
      case 8 -> "uint64";
      case WIDEST -> "Sixteen";
      default -> throw new IllegalArgumentException("no element has " + bytes + " bytes");
    };
  }
}
