package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.List;

/** Which fused ops have a kernel: those on float32, on 16-bit floats, or on both. */
final class FusedKernels {
  private final Backend backend;
  private final Engine engine;
  private final CpuPool pool;
  private final Copies copies;
  private final Epilogues epilogues;
  private final RowGradients rowGradients;
  private final Pooling pooling;
  private final HeapLines lines = new HeapLines();
  private final HalfCasts casts;
  private final Bfloat16Kernel.Parts bfloat16;

  FusedKernels(
      Backend backend,
      Engine engine,
      CpuPool pool,
      Copies copies,
      Reductions reductions,
      Pooling pooling,
      HalfCasts casts) {
    this.backend = backend;
    this.engine = engine;
    this.pool = pool;
    this.copies = copies;
    this.epilogues = new Epilogues(pool, reductions);
    this.rowGradients = new RowGradients(pool, engine);
    this.pooling = pooling;
    this.casts = casts;
    this.bfloat16 = new Bfloat16Kernel.Parts(backend, engine, casts, copies, epilogues);
  }

  /** Null where the decomposition is to run. */
  FusedKernel of(FusedOp op, View[] inputs) {
    boolean anyHalf = false;
    boolean allBfloat16 = engine.hasBfloat16();
    for (View input : inputs) {
      DType dtype = input.dtype();
      if (dtype.isFloating() && dtype.accumulator() != DType.FLOAT32) {
        return null;
      }
      anyHalf |= dtype.isHalf();
      allBfloat16 &= dtype == DType.BFLOAT16;
    }
    FusedKernel kernel = inFloat32(op, inputs);
    if (kernel == null || !anyHalf) {
      return kernel;
    }
    if (op instanceof FusedOp.Chain || op instanceof FusedOp.SumOfSquares) {
      // Each op of the definition rounds by itself.
      return null;
    }
    if (op instanceof FusedOp.Linear linear && allBfloat16) {
      return bfloat16.linear(linear, kernel);
    }
    if (op instanceof FusedOp.ConvBias conv && allBfloat16) {
      return bfloat16.conv(conv, kernel);
    }
    return new WidenedKernel(casts, kernel);
  }

  private FusedKernel inFloat32(FusedOp op, View[] inputs) {
    FusedKernel ofEngine = engine.fused(op, inputs);
    if (ofEngine != null) {
      return ofEngine;
    }
    View first = inputs[0];
    if (op instanceof FusedOp.Linear linear) {
      return new LinearKernel(engine, copies, epilogues, rowGradients, linear.epilogue());
    }
    if (op instanceof FusedOp.ConvBias conv) {
      return new ConvBiasKernel(backend, engine, copies, epilogues, conv);
    }
    if (op instanceof FusedOp.Softmax softmax) {
      return isLast(softmax.axis(), first) ? new SoftmaxKernel(pool, copies, false) : null;
    }
    if (op instanceof FusedOp.LogSoftmax softmax) {
      return isLast(softmax.axis(), first) ? new SoftmaxKernel(pool, copies, true) : null;
    }
    if (op instanceof FusedOp.SoftmaxCrossEntropy) {
      return first.shape().dim(1) == 0 ? null : new CrossEntropyKernel(pool, copies);
    }
    if (op instanceof FusedOp.LayerNorm norm) {
      return new LayerNormKernel(pool, copies, norm.epsilon());
    }
    if (op instanceof FusedOp.BatchNorm norm) {
      return ChannelsLastNorm.takes(first)
          ? new ChannelsLastNorm(pool, copies, norm)
          : new BatchNormKernel(pool, copies, norm.epsilon());
    }
    if (op instanceof FusedOp.BatchNormRelu norm) {
      return ChannelsLastNorm.takes(first) ? new ChannelsLastNorm(pool, copies, norm) : null;
    }
    if (op instanceof FusedOp.ReluGrad) {
      return new ReluGradKernel(pool);
    }
    if (op instanceof FusedOp.MaxPool max) {
      return new MaxPoolKernel(pool, copies, pooling, max.spec());
    }
    if (op instanceof FusedOp.Dropout dropout) {
      return new DropoutKernel(pool, copies, dropout);
    }
    if (op instanceof FusedOp.Gelu gelu) {
      return new GeluKernel(pool, gelu.approximate());
    }
    if (op instanceof FusedOp.Lstm) {
      return new LstmKernel(backend, engine, pool, copies, rowGradients, lines);
    }
    if (op instanceof FusedOp.Gru) {
      return new GruKernel(backend, engine, copies, epilogues);
    }
    if (op instanceof FusedOp.Chain chain) {
      return new ChainKernel(pool, engine.ranges(), chain);
    }
    if (op instanceof FusedOp.SgdStep || op instanceof FusedOp.AdamStep) {
      return StepKernel.of(pool, copies, List.of(op));
    }
    if (op instanceof FusedOp.Steps steps) {
      return StepKernel.of(pool, copies, steps.each());
    }
    if (op instanceof FusedOp.SumOfSquares) {
      return new SquaresKernel(pool, copies);
    }
    return null;
  }

  static boolean isLast(int axis, View view) {
    return axis == view.shape().rank() - 1;
  }
}
