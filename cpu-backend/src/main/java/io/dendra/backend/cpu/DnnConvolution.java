package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.backend.cpu.Primitive.Operand;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Convolutions and their gradients by oneDNN, in float32, or of bfloat16 with float32 sums. */
final class DnnConvolution {
  private enum Kind {
    FORWARD,
    INPUT_GRAD,
    FILTER_GRAD
  }

  private final Dnn dnn;
  private final PrimitiveCache cache;
  private final CpuPool pool;

  DnnConvolution(Dnn dnn, PrimitiveCache cache, CpuPool pool) {
    this.dnn = dnn;
    this.cache = cache;
    this.pool = pool;
  }

  boolean conv(ConvSpec spec, View x, View w, View y) {
    return run(Kind.FORWARD, spec, x, w, y, x, w, y);
  }

  boolean convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    return run(Kind.INPUT_GRAD, spec, out, w, gradOut, gradOut, w, out);
  }

  boolean convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    return run(Kind.FILTER_GRAD, spec, x, out, gradOut, x, gradOut, out);
  }

  private boolean run(
      Kind kind, ConvSpec spec, View x, View w, View y, View first, View second, View out) {
    if (!gapless(x) || !gapless(w) || !gapless(y)) {
      return false;
    }
    double flops = 2.0 * y.layout().size() * w.layout().size() / w.shape().dim(0);
    int parts = isOutermost(x) && isOutermost(y) ? pool.nativeParts(x.shape().dim(0), flops) : 1;
    if (parts == 1) {
      return one(kind, spec, x, w, y, first, second, out);
    }
    return kind == Kind.FILTER_GRAD
        ? summed(spec, x, w, y, parts)
        : shared(kind, spec, x, w, y, parts);
  }

  private static boolean isOutermost(View view) {
    Layout layout = view.layout();
    return layout.stride(0) == layout.size() / layout.shape().dim(0);
  }

  /** Each part of the batch on its own. */
  private boolean shared(Kind kind, ConvSpec spec, View x, View w, View y, int parts) {
    AtomicBoolean able = new AtomicBoolean(true);
    pool.run(
        parts,
        part -> {
          View in = images(x, part, parts);
          View result = images(y, part, parts);
          boolean done =
              kind == Kind.FORWARD
                  ? one(kind, spec, in, w, result, in, w, result)
                  : one(kind, spec, in, w, result, result, w, in);
          if (!done) {
            able.set(false);
          }
        });
    return able.get();
  }

  /** The gradient of each part of the batch on its own, then their sum in order. */
  private boolean summed(ConvSpec spec, View x, View w, View y, int parts) {
    AtomicBoolean able = new AtomicBoolean(true);
    long size = w.layout().size();
    try (Scratch scratch = new Scratch(DType.FLOAT32, size * parts)) {
      pool.run(
          parts,
          part -> {
            View in = images(x, part, parts);
            View gradient = images(y, part, parts);
            Layout own = Layout.of(w.shape(), w.layout().strides(), size * part);
            View sum = scratch.view(own);
            if (!one(Kind.FILTER_GRAD, spec, in, sum, gradient, in, gradient, sum)) {
              able.set(false);
            }
          });
      if (able.get()) {
        FloatBuffer terms = Cells.of(scratch.view(size * parts)).floats();
        Cells to = Cells.of(w);
        pool.ranges(
            size,
            parts,
            (from, end) -> {
              for (int i = (int) from; i < end; i++) {
                float sum = terms.get(i);
                for (int part = 1; part < parts; part++) {
                  sum += terms.get((int) (part * size) + i);
                }
                to.set(to.base + i, sum);
              }
            });
      }
    }
    return able.get();
  }

  private static View images(View view, int part, int parts) {
    long batch = view.shape().dim(0);
    long from = batch * part / parts;
    long to = batch * (part + 1) / parts;
    return view.with(view.layout().slice(0, from, to - from, 1));
  }

  private boolean one(
      Kind kind, ConvSpec spec, View x, View w, View y, View first, View second, View out) {
    var key =
        new PrimitiveCache.Key(
            new Geometry(kind, spec, x.dtype(), w.dtype(), y.dtype()),
            geometry(x.layout(), w.layout(), y.layout()));
    Primitive primitive = cache.get(key, () -> make(kind, spec, x, w, y));
    if (primitive == null) {
      return false;
    }
    primitive.execute(CpuBuffer.address(first), CpuBuffer.address(second), CpuBuffer.address(out));
    return true;
  }

  private record Geometry(Kind kind, ConvSpec spec, DType x, DType w, DType y) {}

  private static boolean gapless(View view) {
    return view.layout().size() > 0 && view.layout().isDense();
  }

  private static long[] geometry(Layout... layouts) {
    int rank = layouts[0].rank();
    long[] result = new long[layouts.length * rank * 2];
    int at = 0;
    for (Layout layout : layouts) {
      for (int i = 0; i < rank; i++) {
        result[at++] = layout.shape().dim(i);
        result[at++] = layout.stride(i);
      }
    }
    return result;
  }

  private Primitive make(Kind kind, ConvSpec spec, View x, View w, View y) {
    Primitive asGiven = make(kind, spec, x, w, y, false);
    if (asGiven != null) {
      return asGiven;
    }
    return make(kind, spec, x, w, y, true);
  }

  /** Null where oneDNN has only its slow reference for these layouts, unless it may choose them. */
  private Primitive make(Kind kind, ConvSpec spec, View x, View w, View y, boolean chooseLayouts) {
    long[] filterDims = filterDims(spec, w.layout());
    dnnl_memory_desc source = describe(x);
    dnnl_memory_desc filter = Dnn.describe(w.dtype(), filterDims, filterStrides(spec, w.layout()));
    dnnl_memory_desc result = describe(y);
    dnnl_memory_desc anyFilter = Dnn.any(w.dtype(), filterDims);
    dnnl_memory_desc wantedSource = chooseLayouts ? any(x) : source;
    dnnl_memory_desc wantedResult = chooseLayouts ? any(y) : result;
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status =
        describe(kind, spec, description, wantedSource, anyFilter, wantedResult, attributes);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(anyFilter);
    if (chooseLayouts) {
      dnnl.dnnl_memory_desc_destroy(wantedSource);
      dnnl.dnnl_memory_desc_destroy(wantedResult);
    }
    boolean usable = status == dnnl.dnnl_success;
    if (!usable || Dnn.isReference(description)) {
      if (usable) {
        dnnl.dnnl_primitive_desc_destroy(description);
      }
      dnnl.dnnl_memory_desc_destroy(source);
      dnnl.dnnl_memory_desc_destroy(filter);
      dnnl.dnnl_memory_desc_destroy(result);
      return null;
    }
    Operand[] operands =
        switch (kind) {
          case FORWARD ->
              new Operand[] {
                Operand.in(dnnl.DNNL_ARG_SRC, source),
                Operand.in(dnnl.DNNL_ARG_WEIGHTS, filter),
                Operand.out(dnnl.DNNL_ARG_DST, result)
              };
          case INPUT_GRAD ->
              new Operand[] {
                Operand.in(dnnl.DNNL_ARG_DIFF_DST, result),
                Operand.in(dnnl.DNNL_ARG_WEIGHTS, filter),
                Operand.out(dnnl.DNNL_ARG_DIFF_SRC, source)
              };
          case FILTER_GRAD ->
              new Operand[] {
                Operand.in(dnnl.DNNL_ARG_SRC, source),
                Operand.in(dnnl.DNNL_ARG_DIFF_DST, result),
                Operand.out(dnnl.DNNL_ARG_DIFF_WEIGHTS, filter)
              };
        };
    return new Primitive(dnn, "convolution " + kind, description, operands);
  }

  private static dnnl_memory_desc describe(View view) {
    return Dnn.describe(view.dtype(), view.shape().dims(), usualStrides(view.layout()));
  }

  private static dnnl_memory_desc any(View view) {
    return Dnn.any(view.dtype(), view.shape().dims());
  }

  private int describe(
      Kind kind,
      ConvSpec spec,
      dnnl_primitive_desc into,
      dnnl_memory_desc x,
      dnnl_memory_desc w,
      dnnl_memory_desc y,
      dnnl_primitive_attr attributes) {
    int n = spec.spatialRank();
    long[] strides = new long[n];
    long[] dilation = new long[n];
    long[] low = new long[n];
    long[] high = new long[n];
    for (int i = 0; i < n; i++) {
      strides[i] = spec.strides()[i];
      dilation[i] = spec.dilation()[i] - 1L;
      low[i] = spec.padLow()[i];
      high[i] = spec.padHigh()[i];
    }
    int forward = describeForward(into, x, w, y, strides, dilation, low, high, attributes);
    if (kind == Kind.FORWARD || forward != dnnl.dnnl_success) {
      return forward;
    }
    dnnl_primitive_desc hint = new dnnl_primitive_desc(into);
    int status =
        kind == Kind.INPUT_GRAD
            ? dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                into,
                dnn.engine(),
                dnnl.dnnl_convolution_direct,
                x,
                w,
                y,
                strides,
                dilation,
                low,
                high,
                hint,
                attributes)
            : dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                into,
                dnn.engine(),
                dnnl.dnnl_convolution_direct,
                x,
                w,
                null,
                y,
                strides,
                dilation,
                low,
                high,
                hint,
                attributes);
    dnnl.dnnl_primitive_desc_destroy(hint);
    return status;
  }

  private int describeForward(
      dnnl_primitive_desc into,
      dnnl_memory_desc x,
      dnnl_memory_desc w,
      dnnl_memory_desc y,
      long[] strides,
      long[] dilation,
      long[] low,
      long[] high,
      dnnl_primitive_attr attributes) {
    return dnnl.dnnl_convolution_forward_primitive_desc_create(
        into,
        dnn.engine(),
        dnnl.dnnl_forward_training,
        dnnl.dnnl_convolution_direct,
        x,
        w,
        null,
        y,
        strides,
        dilation,
        low,
        high,
        attributes);
  }

  /** The strides, with those of dimensions of length 1 as a dense order would have them. */
  private static long[] usualStrides(Layout layout) {
    if (layout.isContiguous()) {
      return Layout.contiguous(layout.shape()).strides();
    }
    int rank = layout.rank();
    int[] channelsLast = new int[rank];
    for (int i = 1; i < rank - 1; i++) {
      channelsLast[i] = i + 1;
    }
    channelsLast[rank - 1] = 1;
    Layout permuted = layout.permute(channelsLast);
    if (!permuted.isContiguous()) {
      return layout.strides();
    }
    long[] dense = Layout.contiguous(permuted.shape()).strides();
    long[] strides = new long[rank];
    for (int i = 0; i < rank; i++) {
      strides[channelsLast[i]] = dense[i];
    }
    return strides;
  }

  private static long[] filterDims(ConvSpec spec, Layout w) {
    long[] dims = w.shape().dims();
    if (spec.groups() == 1) {
      return dims;
    }
    long[] grouped = new long[dims.length + 1];
    System.arraycopy(dims, 1, grouped, 2, dims.length - 1);
    grouped[0] = spec.groups();
    grouped[1] = dims[0] / spec.groups();
    return grouped;
  }

  private static long[] filterStrides(ConvSpec spec, Layout w) {
    long[] strides = usualStrides(w);
    if (spec.groups() == 1) {
      return strides;
    }
    long[] grouped = new long[strides.length + 1];
    System.arraycopy(strides, 0, grouped, 1, strides.length);
    grouped[0] = strides[0] * (w.shape().dim(0) / spec.groups());
    return grouped;
  }
}
