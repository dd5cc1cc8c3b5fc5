package io.dendra.backend.cuda;

import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What follows a product or a convolution: a bias for each channel (axis 1), an activation. */
final class Epilogues {
  private static final int TYPES = DType.values().length;
  private static final int KINDS = Epilogue.values().length;

  private final CudaDevice device;
  private final Reductions reductions;
  private final KernelFamily forward;
  private final KernelFamily backward;

  Epilogues(CudaDevice device, Reductions reductions) {
    this.device = device;
    this.reductions = reductions;
    this.forward = new KernelFamily(device, 2 * KINDS * TYPES, 2);
    this.backward = new KernelFamily(device, KINDS * TYPES, Walk.values().length);
  }

  /** {@code out = epilogue(out + bias)}; {@code out} is gapless in any order. */
  void apply(Epilogue epilogue, View bias, View out) {
    long size = out.layout().size();
    if (size == 0) {
      return;
    }
    boolean packed = CudaBuffer.address(out) % ((long) Launch.PACK * out.dtype().byteSize()) == 0;
    boolean narrow = size < Integer.MAX_VALUE;
    int variant = 2 * (epilogue.ordinal() * TYPES + out.dtype().ordinal()) + (narrow ? 0 : 1);
    synchronized (device) {
      Kernel kernel =
          forward.get(
              variant,
              packed ? 0 : 1,
              packed ? "packed" : "single",
              () ->
                  KernelSource.of(
                      "epilogue",
                      "T=" + KernelSource.type(out.dtype()),
                      "OP=" + epilogue.name(),
                      "I=" + (narrow ? "uint32" : "int64")));
      device
          .arguments()
          .add(out)
          .add(bias)
          .add(bias.layout().stride(0))
          .add(Math.max(1, out.layout().stride(1)))
          .add(out.shape().dim(1))
          .add(size);
      device.launch(kernel, packed ? (size + Launch.PACK - 1) / Launch.PACK : size);
    }
  }

  /**
   * The gradient before the epilogue, from the one behind it and what it gave: in a piece of
   * scratch that lies like the result, unless the two are the same.
   */
  View before(Epilogue epilogue, ScratchPieces pieces, View gradient, View y) {
    if (epilogue == Epilogue.NONE && !gradient.layout().isBroadcast()) {
      return gradient;
    }
    Layout layout = Layout.of(y.shape(), y.layout().strides(), 0);
    long piece = pieces.reserve(layout, y.dtype());
    pieces.open();
    View out = pieces.view(piece, y.dtype(), layout);
    gradient(epilogue, gradient, y, out);
    return out;
  }

  private void gradient(Epilogue epilogue, View gradient, View y, View out) {
    Geometry geometry = Geometry.of(gradient, y, out);
    if (geometry.size() == 0) {
      return;
    }
    Walk walk = Walk.of(geometry, gradient, y, out);
    int variant = epilogue.ordinal() * TYPES + out.dtype().ordinal();
    synchronized (device) {
      Kernel kernel =
          backward.get(
              variant,
              walk.ordinal(),
              walk.entry(),
              () ->
                  KernelSource.of(
                      "epilogue_gradient",
                      "T=" + KernelSource.type(out.dtype()),
                      "OP=" + epilogue.name()));
      walk.launch(device, kernel, device.arguments().add(gradient).add(y).add(out), geometry);
    }
  }

  /** The gradient of the bias: the sum over all axes but that of the channels. */
  void biasGradient(View gradient, View out) {
    int rank = gradient.layout().rank();
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    dims[1] = out.shape().dim(0);
    long[] strides = new long[rank];
    strides[1] = out.layout().stride(0);
    int[] axes = IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
    reductions.reduce(
        ReduceOp.SUM,
        gradient,
        axes,
        out.with(Layout.of(Shape.of(dims), strides, out.layout().offset())));
  }
}
