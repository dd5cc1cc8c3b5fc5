package io.dendra.tck;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** A fused kernel whose operands are checked as those of {@link AssertingBackend} are. */
final class AssertingKernel implements FusedKernel {
  private final AssertingBackend backend;
  private final FusedOp op;
  private final FusedKernel delegate;

  AssertingKernel(AssertingBackend backend, FusedOp op, FusedKernel delegate) {
    this.backend = backend;
    this.op = op;
    this.delegate = delegate;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    Operands call = new Operands(backend, op.toString());
    View[] in = call.in(inputs);
    boolean inPlace =
        op instanceof FusedOp.SgdStep
            || op instanceof FusedOp.AdamStep
            || op instanceof FusedOp.Steps
            || op instanceof FusedOp.Chain;
    View[] out = each(outputs, inPlace ? call::outOver : call::out);
    call.run(() -> delegate.forward(in, out));
  }

  @Override
  public boolean hasBackward() {
    return delegate.hasBackward();
  }

  @Override
  public TensorSpec[] saved(View[] inputs) {
    return delegate.saved(AssertingBackend.unplaced(inputs));
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    Operands call = new Operands(backend, op + " backward");
    View[] in = call.in(inputs);
    View[] out = call.in(outputs);
    View[] gradOut = call.in(gradOutputs);
    View[] gradIn = each(gradInputs, view -> view == null ? null : call.out(view));
    call.run(() -> delegate.backward(in, out, gradOut, gradIn));
  }

  private static View[] each(View[] views, UnaryOperator<View> check) {
    View[] checked = new View[views.length];
    Arrays.setAll(checked, i -> check.apply(views[i]));
    return checked;
  }
}
