package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/** {@code epilogue(x w + b)}. */
final class LinearKernel implements FusedKernel {
  private final Engine engine;
  private final Copies copies;
  private final Epilogues epilogues;
  private final RowGradients rowGradients;
  private final Epilogue epilogue;

  LinearKernel(
      Engine engine,
      Copies copies,
      Epilogues epilogues,
      RowGradients rowGradients,
      Epilogue epilogue) {
    this.rowGradients = rowGradients;
    this.engine = engine;
    this.copies = copies;
    this.epilogues = epilogues;
    this.epilogue = epilogue;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    View x = inputs[0];
    View w = inputs[1];
    try (Staging staging = new Staging(copies)) {
      View bias = staging.in(inputs[2]);
      View out = staging.out(outputs[0]);
      if (!engine.linear(epilogue, x, w, bias, out)) {
        engine.matmul(x, w, false, out);
        Layout across = bias.layout().expand(out.shape());
        epilogues.apply(epilogue, out, bias.with(across));
      }
      staging.finish();
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    View x = inputs[0];
    View w = inputs[1];
    try (Staging staging = new Staging(copies)) {
      View given = staging.in(gradOutputs[0]);
      boolean bent = epilogue != Epilogue.NONE;
      View value = bent ? staging.in(outputs[0]) : given;
      View g = bent ? staging.like(given) : given;
      if (bent || gradInputs[2] != null) {
        rowGradients.run(epilogue, value, given, bent ? g : null, gradInputs[2]);
      }
      if (gradInputs[0] != null) {
        engine.matmul(g, w.with(w.layout().permute(1, 0)), false, gradInputs[0]);
      }
      if (gradInputs[1] != null) {
        engine.matmul(x.with(x.layout().permute(1, 0)), g, false, gradInputs[1]);
      }
    }
  }
}
