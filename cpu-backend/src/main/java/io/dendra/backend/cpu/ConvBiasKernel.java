package io.dendra.backend.cpu;

import io.dendra.backend.Backend;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import java.util.stream.IntStream;

/** {@code epilogue(conv(x, w) + b)}. */
final class ConvBiasKernel implements FusedKernel {
  private final Backend backend;
  private final Engine engine;
  private final Copies copies;
  private final Epilogues epilogues;
  private final FusedOp.ConvBias op;

  ConvBiasKernel(
      Backend backend, Engine engine, Copies copies, Epilogues epilogues, FusedOp.ConvBias op) {
    this.backend = backend;
    this.engine = engine;
    this.copies = copies;
    this.epilogues = epilogues;
    this.op = op;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    View out = outputs[0];
    if (engine.convBias(op.spec(), op.epilogue(), inputs[0], inputs[1], inputs[2], out)) {
      return;
    }
    backend.conv(op.spec(), inputs[0], inputs[1], out);
    View bias = Epilogues.along(inputs[2], 1, out.shape().rank());
    epilogues.apply(op.epilogue(), out, bias.with(bias.layout().expand(out.shape())));
  }

  /** All gradients at once; false where the engine declines. */
  private boolean together(
      Staging staging, View[] inputs, View y, View gradOut, View[] gradInputs) {
    if (!y.layout().isDense()) {
      return false;
    }
    View g = gradOut;
    if (!g.layout().sameOrder(y.layout())) {
      g = staging.like(y);
      g = g.with(Layout.of(y.shape(), y.layout().strides(), 0));
      copies.copy(gradOut, g);
    }
    return engine.convBiasGrad(
        op.spec(),
        op.epilogue(),
        inputs[0],
        inputs[1],
        y,
        g,
        gradInputs[0],
        gradInputs[1],
        gradInputs[2]);
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    try (Staging staging = new Staging(copies)) {
      if (together(staging, inputs, outputs[0], gradOutputs[0], gradInputs)) {
        return;
      }
      View g = epilogues.gradient(op.epilogue(), staging, outputs[0], gradOutputs[0]);
      if (gradInputs[0] != null) {
        backend.convInputGrad(op.spec(), g, inputs[1], gradInputs[0]);
      }
      if (gradInputs[1] != null) {
        backend.convFilterGrad(op.spec(), inputs[0], g, gradInputs[1]);
      }
      if (gradInputs[2] != null) {
        int rank = g.shape().rank();
        int[] axes = IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
        epilogues.sum(g, axes, Epilogues.along(gradInputs[2], 1, rank));
      }
    }
  }
}
