package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.backend.cpu.ConvPrimitives.Kind;
import io.dendra.backend.cpu.ConvPrimitives.Wanted;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Convolutions and their gradients by oneDNN, in float32, or of bfloat16 with float32 sums.
 *
 * <p>Parts of a batch are computed beside each other. Where they are of one size, the filter is
 * brought into oneDNN's order once for all of them.
 */
final class DnnConvolution {
  private static final long CACHE_LINE = 16;

  /** About 200 microseconds of one core. */
  private static final double PART_FLOPS = 2e7;

  private final Dnn dnn;
  private final ConvPrimitives primitives;
  private final DnnElementwise elementwise;
  private final CpuPool pool;

  DnnConvolution(Dnn dnn, PrimitiveCache cache, DnnElementwise elementwise, CpuPool pool) {
    this.dnn = dnn;
    this.primitives = new ConvPrimitives(dnn, cache);
    this.elementwise = elementwise;
    this.pool = pool;
  }

  boolean conv(ConvSpec spec, View x, View w, View y) {
    return shared(Wanted.plain(Kind.FORWARD, spec), x, w, null, y);
  }

  /** {@code y = epilogue(conv(x, w) + bias)}. */
  boolean convBias(ConvSpec spec, Epilogue epilogue, View x, View w, View bias, View y) {
    return bias.layout().isContiguous()
        && shared(new Wanted(Kind.FORWARD, spec, true, epilogue, false), x, w, bias, y);
  }

  boolean convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    return shared(Wanted.plain(Kind.INPUT_GRAD, spec), out, w, null, gradOut);
  }

  boolean convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    return convBiasGrad(spec, Epilogue.NONE, x, null, gradOut, gradOut, null, out, null);
  }

  private int parts(View x, View w, View y) {
    double flops = 2.0 * y.layout().size() * w.layout().size() / w.shape().dim(0);
    long batch = x.shape().dim(0);
    int least = isOutermost(x) && isOutermost(y) ? pool.nativeParts(batch, flops) : 1;
    if (least == 1) {
      return 1;
    }
    // Small parts end at about the same time in all threads, equal ones share a packed filter.
    int most = (int) Math.min(batch, Math.min(4L * pool.threads(), (long) (flops / PART_FLOPS)));
    for (int parts = most; parts >= least; parts--) {
      if (batch % parts == 0) {
        return parts;
      }
    }
    return least;
  }

  private static boolean gapless(View view) {
    return view.layout().size() > 0 && view.layout().isDense();
  }

  private static boolean isOutermost(View view) {
    Layout layout = view.layout();
    return layout.stride(0) == layout.size() / layout.shape().dim(0);
  }

  private static View images(View view, int part, int parts) {
    long batch = view.shape().dim(0);
    long from = batch * part / parts;
    long to = batch * (part + 1) / parts;
    return view.with(view.layout().slice(0, from, to - from, 1));
  }

  /** Each part of the batch on its own; x and y are images, of which one is the result. */
  private boolean shared(Wanted wanted, View x, View w, View bias, View y) {
    if (!gapless(x) || !gapless(w) || !gapless(y)) {
      return false;
    }
    int parts = parts(x, w, y);
    try (PackedFilter filter = new PackedFilter(wanted, x, w, y, parts)) {
      if (!filter.isAvailable()) {
        return false;
      }
      long offset = bias == null ? 0 : CpuBuffer.address(bias);
      return run(parts, part -> filter.run(images(x, part, parts), images(y, part, parts), offset));
    }
  }

  private interface Part {
    boolean run(int part);
  }

  private boolean run(int parts, Part body) {
    AtomicBoolean able = new AtomicBoolean(true);
    pool.run(
        parts,
        part -> {
          if (!body.run(part)) {
            able.set(false);
          }
        });
    return able.get();
  }

  /** A filter that is read, in the order of the primitive if several calls share it. */
  private final class PackedFilter implements AutoCloseable {
    private final Wanted wanted;
    private final View filter;
    private final boolean available;
    private final Scratch scratch;
    private final long address;

    PackedFilter(Wanted wanted, View x, View w, View y, int parts) {
      boolean even = parts > 1 && x.shape().dim(0) % parts == 0;
      this.filter = w;
      this.wanted =
          new Wanted(wanted.kind(), wanted.spec(), wanted.biased(), wanted.epilogue(), even);
      int at = wanted.kind().filter();
      Primitive primitive =
          primitives.get(this.wanted, images(x, 0, parts), w, images(y, 0, parts));
      available = primitive != null;
      if (available && primitive.isPacked(at)) {
        scratch = new Scratch(DType.FLOAT32, (primitive.packedBytes(at) + 3) / 4);
        address = CpuBuffer.address(scratch.view(1));
        primitive.pack(at, CpuBuffer.address(w), address);
      } else {
        scratch = null;
        address = CpuBuffer.address(w);
      }
      if (available) {
        primitive.release();
      }
    }

    boolean isAvailable() {
      return available;
    }

    boolean run(View x, View y, long bias) {
      return run(x, CpuBuffer.address(x), y, CpuBuffer.address(y), bias);
    }

    boolean run(View x, long source, View y, long result, long bias) {
      Primitive primitive = primitives.get(wanted, x, filter, y);
      if (primitive == null) {
        return false;
      }
      if (wanted.kind() == Kind.INPUT_GRAD) {
        primitive.execute(result, address, source);
      } else if (wanted.biased()) {
        primitive.execute(source, address, result, bias);
      } else {
        primitive.execute(source, address, result);
      }
      return true;
    }

    @Override
    public void close() {
      if (scratch != null) {
        scratch.close();
      }
    }
  }

  /**
   * The gradients of {@link #convBias} that are wanted, the others null: part by part, so that the
   * gradient before the epilogue is at hand when it is used.
   *
   * @param y what the convolution gave
   * @param gradOut the gradient of y, in the memory order of y
   */
  boolean convBiasGrad(
      ConvSpec spec,
      Epilogue epilogue,
      View x,
      View w,
      View y,
      View gradOut,
      View gradX,
      View gradW,
      View gradBias) {
    View filterLike = w != null ? w : gradW;
    if (!gapless(x)
        || !gapless(filterLike)
        || !gapless(gradOut)
        || (epilogue != Epilogue.NONE && !y.layout().sameOrder(gradOut.layout()))
        || (gradX != null && !gapless(gradX))
        || (gradW == null ? gradBias != null : !gapless(gradW))
        || (gradBias != null && !gradBias.layout().isContiguous())) {
      return false;
    }
    int parts = parts(x, filterLike, gradOut);
    if (gradX != null && !isOutermost(gradX)) {
      parts = 1;
    }
    try (PackedFilter filter =
            gradX == null
                ? null
                : new PackedFilter(Wanted.plain(Kind.INPUT_GRAD, spec), gradX, w, gradOut, parts);
        FilterSum sum =
            gradW == null ? null : new FilterSum(spec, x, gradW, gradBias, gradOut, parts)) {
      if ((filter != null && !filter.isAvailable()) || (sum != null && !sum.isAvailable())) {
        return false;
      }
      int count = parts;
      boolean done =
          run(
              parts,
              part -> {
                View g = images(gradOut, part, count);
                Dnn.Arena arena = null;
                long gradient = CpuBuffer.address(g);
                if (epilogue != Epilogue.NONE) {
                  long size = g.layout().size();
                  arena = dnn.arena(size * g.dtype().byteSize());
                  long value = CpuBuffer.address(images(y, part, count));
                  elementwise.slope(epilogue, value, gradient, arena.address(), size);
                  gradient = arena.address();
                }
                try {
                  return (sum == null || sum.add(part, images(x, part, count), g, gradient))
                      && (filter == null
                          || propagate(filter, images(gradX, part, count), g, gradient));
                } finally {
                  if (arena != null) {
                    dnn.giveBack(arena);
                  }
                }
              });
      if (done && sum != null) {
        sum.finish();
      }
      return done;
    }
  }

  private static boolean propagate(PackedFilter filter, View x, View g, long gradient) {
    return filter.run(x, CpuBuffer.address(x), g, gradient, 0);
  }

  /** The filter's and the bias' gradient: those of the parts, then their sum in order. */
  private final class FilterSum implements AutoCloseable {
    private final Wanted wanted;
    private final View gradW;
    private final View summed;
    private final View gradBias;
    private final int parts;
    private final Primitive first;
    private final long stride;
    private final long filterSize;
    private final Scratch scratch;

    FilterSum(ConvSpec spec, View x, View gradW, View gradBias, View y, int parts) {
      this.gradW = gradW;
      this.gradBias = gradBias;
      this.parts = parts;
      boolean exact = gradW.dtype() == DType.FLOAT32;
      boolean even = parts > 1 && x.shape().dim(0) % parts == 0;
      // Sums of parts are in float32.
      summed = parts == 1 ? gradW : new View(gradW.buffer(), DType.FLOAT32, gradW.layout());
      wanted = new Wanted(Kind.FILTER_GRAD, spec, gradBias != null, Epilogue.NONE, even && exact);
      first = primitives.get(wanted, images(x, 0, parts), summed, images(y, 0, parts));
      if (first == null || parts == 1) {
        filterSize = 0;
        stride = 0;
        scratch = null;
        return;
      }
      int at = Kind.FILTER_GRAD.filter();
      filterSize = lines(first.isPacked(at) ? first.packedBytes(at) / 4 : gradW.layout().size());
      stride = filterSize + (gradBias == null ? 0 : lines(gradBias.layout().size()));
      scratch = new Scratch(DType.FLOAT32, stride * parts);
    }

    private static long lines(long elements) {
      return (elements + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }

    boolean isAvailable() {
      return first != null;
    }

    boolean add(int part, View x, View g, long gradient) {
      Primitive primitive = primitives.get(wanted, x, summed, g);
      if (primitive == null) {
        return false;
      }
      long filter =
          scratch == null
              ? CpuBuffer.address(gradW)
              : CpuBuffer.address(scratch.view(1)) + 4 * stride * part;
      if (gradBias == null) {
        primitive.execute(CpuBuffer.address(x), gradient, filter);
      } else {
        long bias = scratch == null ? CpuBuffer.address(gradBias) : filter + 4 * filterSize;
        primitive.execute(CpuBuffer.address(x), gradient, filter, bias);
      }
      return true;
    }

    void finish() {
      if (scratch == null) {
        return;
      }
      View all = scratch.view(stride * parts);
      PartSums.add(pool, all, (int) stride, parts);
      int at = Kind.FILTER_GRAD.filter();
      if (first.isPacked(at)) {
        first.unpack(at, CpuBuffer.address(all), CpuBuffer.address(gradW));
      } else {
        PartSums.copy(all, 0, gradW);
      }
      if (gradBias != null) {
        PartSums.copy(all, (int) filterSize, gradBias);
      }
    }

    @Override
    public void close() {
      if (first != null) {
        first.release();
      }
      if (scratch != null) {
        scratch.close();
      }
    }
  }
}
