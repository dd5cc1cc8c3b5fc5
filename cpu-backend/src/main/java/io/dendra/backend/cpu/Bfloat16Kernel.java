package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.stream.IntStream;

/**
 * Dense and convolution layers of bfloat16: the engine multiplies the operands as they are, what
 * follows is computed in float32 and rounded once.
 */
final class Bfloat16Kernel implements FusedKernel {
  private final Backend backend;
  private final Engine engine;
  private final HalfCasts casts;
  private final Copies copies;
  private final Epilogues epilogues;
  private final FusedOp op;
  private final Epilogue epilogue;
  private final int axis;
  private final FusedKernel wide;

  private Bfloat16Kernel(
      Parts parts, FusedOp op, Epilogue epilogue, int axisOfBias, FusedKernel inFloat32) {
    this.backend = parts.backend;
    this.engine = parts.engine;
    this.casts = parts.casts;
    this.copies = parts.copies;
    this.epilogues = parts.epilogues;
    this.op = op;
    this.epilogue = epilogue;
    this.axis = axisOfBias;
    this.wide = new WidenedKernel(casts, inFloat32);
  }

  /** What the kernels of one backend share. */
  record Parts(
      Backend backend, Engine engine, HalfCasts casts, Copies copies, Epilogues epilogues) {
    FusedKernel linear(FusedOp.Linear op, FusedKernel inFloat32) {
      return new Bfloat16Kernel(this, op, op.epilogue(), 1, inFloat32);
    }

    FusedKernel conv(FusedOp.ConvBias op, FusedKernel inFloat32) {
      return new Bfloat16Kernel(this, op, op.epilogue(), 1, inFloat32);
    }
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    boolean done =
        op instanceof FusedOp.ConvBias conv
            ? convolved(conv, inputs, outputs[0])
            : multiplied(inputs, outputs[0]);
    if (!done) {
      wide.forward(inputs, outputs);
    }
  }

  private boolean multiplied(View[] inputs, View out) {
    return inputs[2].layout().isContiguous()
        && out.layout().isContiguous()
        && engine.linear(epilogue, inputs[0], inputs[1], inputs[2], out);
  }

  private boolean convolved(FusedOp.ConvBias conv, View[] inputs, View out) {
    try (Widening widening = new Widening(casts)) {
      View sums = widening.out(out);
      if (!engine.conv(conv.spec(), inputs[0], inputs[1], sums)) {
        return false;
      }
      View bias = Epilogues.along(widening.in(inputs[2]), axis, out.shape().rank());
      epilogues.apply(epilogue, sums, bias.with(bias.layout().expand(out.shape())));
      widening.finish();
      return true;
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (epilogue == Epilogue.NONE) {
      gradients(inputs, gradOutputs[0], gradInputs);
      return;
    }
    try (Widening widening = new Widening(casts);
        Staging staging = new Staging(copies);
        Scratch rounded = new Scratch(DType.BFLOAT16, outputs[0].layout().size())) {
      View value = widening.in(outputs[0]);
      View slope = epilogues.gradient(epilogue, staging, value, widening.in(gradOutputs[0]));
      View g = rounded.view(slope.layout());
      casts.cast(slope, g);
      gradients(inputs, g, gradInputs);
    }
  }

  private void gradients(View[] inputs, View g, View[] gradInputs) {
    View x = inputs[0];
    View w = inputs[1];
    if (gradInputs[0] != null) {
      if (op instanceof FusedOp.ConvBias conv) {
        backend.convInputGrad(conv.spec(), g, w, gradInputs[0]);
      } else {
        backend.matmul(g, w.with(w.layout().permute(1, 0)), gradInputs[0]);
      }
    }
    if (gradInputs[1] != null) {
      if (op instanceof FusedOp.ConvBias conv) {
        backend.convFilterGrad(conv.spec(), x, g, gradInputs[1]);
      } else {
        backend.matmul(x.with(x.layout().permute(1, 0)), g, gradInputs[1]);
      }
    }
    if (gradInputs[2] != null) {
      int rank = g.shape().rank();
      int[] others = IntStream.range(0, rank).filter(each -> each != axis).toArray();
      backend.reduce(ReduceOp.SUM, g, others, Epilogues.along(gradInputs[2], axis, rank));
    }
  }
}
