package io.dendra.ops;

import io.dendra.autograd.Autograd;
import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.View;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/** A copy to another device: the one op whose operands and results are apart. */
record Transfer(Device from) implements Primitive {
  static Tensor apply(Tensor x, OpenDevice target) {
    Layout layout = Layout.inOrderOf(x.layout(), x.shape());
    // Only elements without gaps between them can be moved as they lie.
    Tensor source = x.layout().sameOrder(layout) ? x : ShapeOps.contiguous(x);
    layout = Layout.inOrderOf(source.layout(), x.shape());
    Tensor copy = Tensor.allocate(target, x.dtype(), layout, "transfer");
    if (x.size() > 0) {
      target.backend().copyFrom(source.openDevice().backend(), source.view(), copy.view());
    }
    if (Autograd.isRecording()) {
      Autograd.record(new Transfer(x.device()), new Tensor[] {source}, new Tensor[] {copy});
    }
    return copy;
  }

  @Override
  public String name() {
    return "transfer";
  }

  @Override
  public TensorSpec[] infer(Tensor[] in) {
    return ElementwisePrimitives.like(in[0]);
  }

  @Override
  public void run(Backend backend, View[] in, View[] out) {
    backend.copy(in[0], out[0]);
  }

  @Override
  public Tensor[] backward(GradientContext c, Tensor g) {
    return new Tensor[] {g.to(from)};
  }
}
