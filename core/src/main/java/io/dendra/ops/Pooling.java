package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.FusedOp;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/** The greatest and the mean of sliding windows over {@code [batch, channels, *spatial]}. */
public final class Pooling {
  private Pooling() {}

  /**
   * The greatest element of each window; padding counts as below every number.
   *
   * @throws OpException when the window does not fit
   */
  public static Tensor maxPool(Tensor x, PoolSpec spec) {
    TensorSpec[] out;
    try {
      out = new TensorSpec[] {new TensorSpec(infer(spec, x), x.dtype())};
    } catch (IllegalArgumentException e) {
      throw new OpException("max_pool of " + x.spec() + ": " + e.getMessage());
    }
    return Fused.apply(
        new FusedOp.MaxPool(spec),
        in -> new Tensor[] {Dispatcher.apply(new MaxPool(spec), in)[0]},
        out,
        x)[0];
  }

  /**
   * The mean of the elements of each window that lie inside x.
   *
   * @throws OpException when the window does not fit
   */
  public static Tensor avgPool(Tensor x, PoolSpec spec) {
    return Dispatcher.applyOne(new AvgPool(spec), x);
  }

  private static Shape infer(PoolSpec spec, Tensor x) {
    if (!x.dtype().isFloating()) {
      throw new IllegalArgumentException("pooling takes floats");
    }
    return spec.outputShape(x.shape());
  }

  record MaxPool(PoolSpec spec) implements Primitive {
    @Override
    public String name() {
      return "max_pool";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = Pooling.infer(spec, in[0]);
      return new TensorSpec[] {
        new TensorSpec(shape, in[0].dtype()), new TensorSpec(shape, DType.INT64)
      };
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.maxPool(spec, in[0], out[0], out[1]);
    }

    @Override
    public boolean savesOutput(int output) {
      return output == 1;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Shape x = c.inputShape(0);
      Tensor places = flatSpatial(c.output(1));
      long spatial = x.slice(2, x.rank()).size();
      Tensor gradient = Indexing.putAlongAdd(places, flatSpatial(g), 2, spatial);
      return gradients(ShapeOps.reshape(gradient, x));
    }

    private static Tensor flatSpatial(Tensor x) {
      return x.reshape(x.dim(0), x.dim(1), x.shape().slice(2, x.rank()).size());
    }
  }

  record AvgPool(PoolSpec spec) implements Primitive {
    @Override
    public String name() {
      return "avg_pool";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return new TensorSpec[] {new TensorSpec(Pooling.infer(spec, in[0]), in[0].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.avgPool(spec, in[0], out[0]);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(Dispatcher.applyOne(new AvgPoolGrad(spec, c.inputShape(0)), g));
    }
  }

  record AvgPoolGrad(PoolSpec spec, Shape input) implements Primitive {
    @Override
    public String name() {
      return "avg_pool_grad";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return new TensorSpec[] {new TensorSpec(input, in[0].dtype())};
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.inOrderOf(in[0].layout(), input);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.avgPoolGrad(spec, in[0], out[0]);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor h) {
      return gradients(avgPool(h, spec));
    }
  }
}
