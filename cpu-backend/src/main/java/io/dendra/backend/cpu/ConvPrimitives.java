package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.backend.cpu.Primitive.Operand;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's convolution primitives, made at their first use. */
final class ConvPrimitives {
  /** What is computed; the operands in the order in which their addresses are given. */
  enum Kind {
    /** {@code x, w, y}, and the bias where there is one. */
    FORWARD,
    /** {@code dy, w, dx}. */
    INPUT_GRAD,
    /** {@code x, dy, dw}, and the bias' gradient where it is wanted. */
    FILTER_GRAD;

    /** Where the filter is among the operands. */
    int filter() {
      return this == FILTER_GRAD ? 2 : 1;
    }
  }

  /**
   * Which primitive.
   *
   * @param biased whether there is a bias, or its gradient
   * @param epilogue what ends the forward pass
   * @param packed whether the caller brings and takes the filter in the primitive's own order
   */
  record Wanted(Kind kind, ConvSpec spec, boolean biased, Epilogue epilogue, boolean packed) {
    static Wanted plain(Kind kind, ConvSpec spec) {
      return new Wanted(kind, spec, false, Epilogue.NONE, false);
    }
  }

  private record Typed(Wanted wanted, DType x, DType w, DType y) {}

  private final Dnn dnn;
  private final PrimitiveCache cache;

  ConvPrimitives(Dnn dnn, PrimitiveCache cache) {
    this.dnn = dnn;
    this.cache = cache;
  }

  /** A primitive that the caller holds; null where oneDNN has none but slow ones. */
  Primitive get(Wanted wanted, View x, View w, View y) {
    var key =
        new PrimitiveCache.Key(
            new Typed(wanted, x.dtype(), w.dtype(), y.dtype()),
            geometry(x.layout(), w.layout(), y.layout()));
    return cache.get(
        key,
        () -> {
          Primitive asGiven = make(wanted, x, w, y, false);
          return asGiven != null ? asGiven : make(wanted, x, w, y, true);
        });
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

  /** Null where oneDNN has only its slow reference for these layouts, unless it may choose them. */
  private Primitive make(Wanted wanted, View x, View w, View y, boolean chooseLayouts) {
    ConvSpec spec = wanted.spec();
    boolean last = isChannelsLast(x.layout()) && isChannelsLast(y.layout());
    long[] filterDims = filterDims(spec, w.layout());
    dnnl_memory_desc source = describe(x, last);
    dnnl_memory_desc filter = Dnn.describe(w.dtype(), filterDims, filterStrides(spec, w.layout()));
    dnnl_memory_desc result = describe(y, last);
    dnnl_memory_desc bias =
        wanted.biased() ? Dnn.describe(new long[] {w.shape().dim(0)}, new long[] {1}) : null;
    dnnl_memory_desc anyFilter = Dnn.any(w.dtype(), filterDims);
    dnnl_memory_desc wantedSource = chooseLayouts ? any(x) : source;
    dnnl_memory_desc wantedResult = chooseLayouts ? any(y) : result;
    dnnl_primitive_attr attributes = attributes(wanted.epilogue());
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status =
        describe(wanted, description, wantedSource, anyFilter, bias, wantedResult, attributes);
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
      if (bias != null) {
        dnnl.dnnl_memory_desc_destroy(bias);
      }
      return null;
    }
    boolean packed = wanted.packed();
    List<Operand> operands = new ArrayList<>(4);
    switch (wanted.kind()) {
      case FORWARD -> {
        operands.add(Operand.in(dnnl.DNNL_ARG_SRC, source));
        operands.add(new Operand(dnnl.DNNL_ARG_WEIGHTS, filter, false, packed));
        operands.add(Operand.out(dnnl.DNNL_ARG_DST, result));
        if (bias != null) {
          operands.add(Operand.in(dnnl.DNNL_ARG_BIAS, bias));
        }
      }
      case INPUT_GRAD -> {
        operands.add(Operand.in(dnnl.DNNL_ARG_DIFF_DST, result));
        operands.add(new Operand(dnnl.DNNL_ARG_WEIGHTS, filter, false, packed));
        operands.add(Operand.out(dnnl.DNNL_ARG_DIFF_SRC, source));
      }
      case FILTER_GRAD -> {
        operands.add(Operand.in(dnnl.DNNL_ARG_SRC, source));
        operands.add(Operand.in(dnnl.DNNL_ARG_DIFF_DST, result));
        operands.add(new Operand(dnnl.DNNL_ARG_DIFF_WEIGHTS, filter, true, packed));
        if (bias != null) {
          operands.add(Operand.out(dnnl.DNNL_ARG_DIFF_BIAS, bias));
        }
      }
    }
    return new Primitive(
        dnn, "convolution " + wanted.kind(), description, operands.toArray(Operand[]::new));
  }

  private static dnnl_primitive_attr attributes(Epilogue epilogue) {
    dnnl_primitive_attr attributes = Dnn.attributes();
    if (epilogue != Epilogue.NONE) {
      Dnn.append(attributes, DnnElementwise.algorithm(epilogue));
    }
    return attributes;
  }

  private int describe(
      Wanted wanted,
      dnnl_primitive_desc into,
      dnnl_memory_desc x,
      dnnl_memory_desc w,
      dnnl_memory_desc bias,
      dnnl_memory_desc y,
      dnnl_primitive_attr attributes) {
    ConvSpec spec = wanted.spec();
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
    int forward =
        dnnl.dnnl_convolution_forward_primitive_desc_create(
            into,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            dnnl.dnnl_convolution_direct,
            x,
            w,
            wanted.kind() == Kind.FORWARD ? bias : null,
            y,
            strides,
            dilation,
            low,
            high,
            attributes);
    if (wanted.kind() == Kind.FORWARD || forward != dnnl.dnnl_success) {
      return forward;
    }
    dnnl_primitive_desc hint = new dnnl_primitive_desc(into);
    int status =
        wanted.kind() == Kind.INPUT_GRAD
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
                bias,
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

  private static dnnl_memory_desc describe(View view, boolean last) {
    return Dnn.describe(view.dtype(), view.shape().dims(), usualStrides(view.layout(), last));
  }

  private static dnnl_memory_desc any(View view) {
    return Dnn.any(view.dtype(), view.shape().dims());
  }

  private static int[] channelsLast(int rank) {
    int[] order = new int[rank];
    for (int i = 1; i < rank - 1; i++) {
      order[i] = i + 1;
    }
    order[rank - 1] = 1;
    return order;
  }

  private static boolean isChannelsLast(Layout layout) {
    return layout.permute(channelsLast(layout.rank())).isContiguous();
  }

  /**
   * The strides, with those of dimensions of length 1 as a dense order would have them: the
   * channels last if that is asked for, where both orders fit.
   */
  private static long[] usualStrides(Layout layout, boolean last) {
    if (!last && layout.isContiguous()) {
      return Layout.contiguous(layout.shape()).strides();
    }
    int rank = layout.rank();
    int[] channelsLast = channelsLast(rank);
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
    long[] strides = usualStrides(w, false);
    if (spec.groups() == 1) {
      return strides;
    }
    long[] grouped = new long[strides.length + 1];
    System.arraycopy(strides, 0, grouped, 1, strides.length);
    grouped[0] = strides[0] * (w.shape().dim(0) / spec.groups());
    return grouped;
  }
}
