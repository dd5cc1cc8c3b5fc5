package io.dendra.backend.cpu;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.Map;

/** oneDNN for float32 and bfloat16; what it lacks goes to OpenBLAS or to the Java loops. */
final class OneDnnEngine implements Engine {
  private final Dnn dnn;
  private final PrimitiveCache cache;
  private final DnnMatmul matmul;
  private final DnnMatmul bfloat16Matmul;
  private final boolean hasBfloat16;
  private final DnnConvolution convolution;
  private final DnnElementwise elementwise;
  private final DnnRanges ranges;
  private final DnnRows rows;
  private final Copies copies;
  private final CpuPool pool;
  private final CpuPool sharing;
  private OpenBlas blas;

  OneDnnEngine(CpuPool pool, Copies copies) {
    this.copies = copies;
    this.pool = pool;
    dnn = new Dnn();
    cache = new PrimitiveCache(dnn.threads());
    // Where OpenMP cannot be held back, it shares out the work itself.
    sharing = dnn.threads().isControlled() ? pool : new CpuPool(1);
    matmul = new DnnMatmul(dnn, cache, sharing, copies, DType.FLOAT32);
    bfloat16Matmul = new DnnMatmul(dnn, cache, sharing, copies, DType.BFLOAT16);
    hasBfloat16 = bfloat16Matmul.isAvailable();
    elementwise = new DnnElementwise(dnn, cache);
    ranges = sharing == pool ? new DnnRanges(dnn, cache, elementwise) : null;
    rows = new DnnRows(dnn, cache);
    convolution = new DnnConvolution(dnn, cache, elementwise, sharing);
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String versions() {
    return "onednn " + Dnn.version();
  }

  @Override
  public void describeTo(Map<String, String> details) {
    details.put("instructions", Dnn.instructionSet());
    details.put("bfloat16 products", hasBfloat16 ? "native" : "by float32");
  }

  @Override
  public void matmul(View a, View b, boolean accumulate, View out) {
    if (out.dtype() == DType.FLOAT32) {
      matmul.matmul(a, b, accumulate, out);
    } else {
      blas().matmul(a, b, accumulate, out);
    }
  }

  @Override
  public boolean hasBfloat16() {
    return hasBfloat16;
  }

  @Override
  public boolean bfloat16Matmul(View a, View b, View out) {
    if (hasBfloat16) {
      bfloat16Matmul.matmul(a, b, false, out);
    }
    return hasBfloat16;
  }

  @Override
  public boolean linear(Epilogue epilogue, View x, View w, View bias, View out) {
    if (out.dtype() == DType.BFLOAT16) {
      return hasBfloat16 && bfloat16Matmul.linear(epilogue, x, w, bias, out);
    }
    return matmul.linear(epilogue, x, w, bias, out);
  }

  @Override
  public boolean slope(Epilogue epilogue, long value, long gradient, long to, long size) {
    elementwise.slope(epilogue, value, gradient, to, size);
    return true;
  }

  @Override
  public FusedKernel fused(FusedOp op, View[] inputs) {
    View first = inputs[0];
    if (first.layout().size() == 0) {
      return null;
    }
    if (op instanceof FusedOp.Softmax softmax) {
      return FusedKernels.isLast(softmax.axis(), first)
          ? new DnnSoftmaxKernel(rows, pool, copies, false)
          : null;
    }
    if (op instanceof FusedOp.LogSoftmax softmax) {
      return FusedKernels.isLast(softmax.axis(), first)
          ? new DnnSoftmaxKernel(rows, pool, copies, true)
          : null;
    }
    if (op instanceof FusedOp.SoftmaxCrossEntropy) {
      return new DnnCrossEntropyKernel(rows, pool, copies);
    }
    if (op instanceof FusedOp.LayerNorm norm) {
      return new DnnLayerNormKernel(rows, pool, copies, norm.epsilon());
    }
    if (op instanceof FusedOp.Attention attention && DnnAttentionKernel.takes(inputs)) {
      return new DnnAttentionKernel(matmul, rows, pool, copies, attention);
    }
    return null;
  }

  @Override
  public Sliding sliding(View a, View b, boolean accumulate, View out) {
    Sliding product = matmul.sliding(a, b, accumulate, out);
    return product == null ? Engine.super.sliding(a, b, accumulate, out) : product;
  }

  @Override
  public Sliding sliding(UnaryOp op, View x, View out) {
    return elementwise.sliding(op, x, out);
  }

  @Override
  public int blocks(long most, double flops) {
    return sharing.blocks(most, flops);
  }

  /** Convolutions of bfloat16 give bfloat16 or float32. */
  private boolean convolves(View input) {
    return input.dtype() == DType.FLOAT32 || (hasBfloat16 && input.dtype() == DType.BFLOAT16);
  }

  /** OpenBLAS, loaded when the first float64 product needs it. */
  private synchronized OpenBlas blas() {
    if (blas == null) {
      blas = new OpenBlas(pool, copies);
    }
    return blas;
  }

  @Override
  public RangeFunctions ranges() {
    return ranges;
  }

  @Override
  public boolean convBias(ConvSpec spec, Epilogue epilogue, View x, View w, View bias, View out) {
    return x.dtype() == DType.FLOAT32 && convolution.convBias(spec, epilogue, x, w, bias, out);
  }

  @Override
  public boolean convBiasGrad(
      ConvSpec spec,
      Epilogue epilogue,
      View x,
      View w,
      View y,
      View gradOut,
      View gradX,
      View gradW,
      View gradBias) {
    return x.dtype() == DType.FLOAT32
        && convolution.convBiasGrad(spec, epilogue, x, w, y, gradOut, gradX, gradW, gradBias);
  }

  @Override
  public boolean conv(ConvSpec spec, View x, View w, View out) {
    return convolves(x) && convolution.conv(spec, x, w, out);
  }

  @Override
  public boolean convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    return convolves(w) && convolution.convInputGrad(spec, gradOut, w, out);
  }

  @Override
  public boolean convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    return convolves(x) && convolution.convFilterGrad(spec, x, gradOut, out);
  }

  @Override
  public void close() {
    cache.close();
    dnn.close();
  }
}
