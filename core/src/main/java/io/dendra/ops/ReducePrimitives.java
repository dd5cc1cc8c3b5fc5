package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;

/** The calls behind {@link Reduce} and their gradients. */
final class ReducePrimitives {
  private ReducePrimitives() {}

  /** Keeps the axes with length 1. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; copied by nobody.
  record Reduction(ReduceOp op, int[] axes) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = in[0].shape();
      for (int axis : axes) {
        if ((op == ReduceOp.MAX || op == ReduceOp.MIN) && shape.dim(axis) == 0) {
          throw new IllegalArgumentException("axis " + axis + " has no elements");
        }
        shape = shape.with(axis, 1);
      }
      return new TensorSpec[] {new TensorSpec(shape, in[0].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.reduce(op, in[0], axes, out[0]);
    }

    @Override
    public boolean savesInput(int input) {
      return op != ReduceOp.SUM;
    }

    @Override
    public boolean savesOutput(int output) {
      return op == ReduceOp.MAX || op == ReduceOp.MIN;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Shape shape = c.inputShape(0);
      return switch (op) {
        case SUM -> gradients(g.broadcastTo(shape));
        case MAX, MIN -> {
          // Equal extremes share the gradient.
          Tensor mask = Elementwise.compare(CompareOp.EQ, c.input(0), c.output(0)).cast(g.dtype());
          Tensor share = mask.div(Reduce.sum(mask, axes, true));
          yield gradients(g.mul(share));
        }
        case PROD ->
            Decomposition.gradients(
                x -> {
                  Tensor product = x[0];
                  for (int axis : axes) {
                    product = Reduce.productTree(product, axis);
                  }
                  return new Tensor[] {product};
                },
                c);
        case ANY, ALL -> throw new IllegalStateException(op + " has no gradient");
      };
    }

    @Override
    public String toString() {
      return name() + " over axes " + Arrays.toString(axes);
    }
  }

  record ArgReduction(ArgReduceOp op, int axis) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = in[0].shape();
      if (shape.dim(axis) == 0) {
        throw new IllegalArgumentException("axis " + axis + " has no elements");
      }
      return new TensorSpec[] {new TensorSpec(shape.with(axis, 1), DType.INT64)};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.argReduce(op, in[0], axis, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return false;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      throw new IllegalStateException("places have no gradient");
    }
  }

  record CumulativeSum(int axis, boolean exclusive, boolean reverse) implements Primitive {
    @Override
    public String name() {
      return "cumulative_sum";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return ElementwisePrimitives.like(in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.cumulativeSum(in[0], axis, exclusive, reverse, out[0]);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(Reduce.cumulativeSum(g, axis, exclusive, !reverse));
    }
  }

  record TopKCall(int axis, long k, boolean largest) implements Primitive {
    @Override
    public String name() {
      return "top_k";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = in[0].shape();
      if (k < 0 || k > shape.dim(axis)) {
        throw new IllegalArgumentException(
            "axis " + axis + " has " + shape.dim(axis) + " elements, asked for " + k);
      }
      Shape result = shape.with(axis, k);
      return new TensorSpec[] {
        new TensorSpec(result, in[0].dtype()), new TensorSpec(result, DType.INT64)
      };
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.topK(in[0], axis, largest, out[0], out[1]);
    }

    @Override
    public boolean savesOutput(int output) {
      return output == 1;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(Indexing.putAlongAdd(c.output(1), g, axis, c.inputShape(0).dim(axis)));
    }
  }
}
