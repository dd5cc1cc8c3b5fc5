package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;

/** The calls behind {@link ShapeOps} and their gradients. */
final class ShapePrimitives {
  private ShapePrimitives() {}

  private static TensorSpec[] spec(Shape shape, Tensor like) {
    return new TensorSpec[] {new TensorSpec(shape, like.dtype())};
  }

  /** An op that reads the memory of its input another way. */
  interface ViewPrimitive extends Primitive {
    @Override
    Layout view(Layout in);

    @Override
    default void run(Backend backend, View[] in, View[] out) {
      backend.copy(in[0].with(view(in[0].layout())), out[0]);
    }
  }

  record Reshape(Shape target) implements ViewPrimitive {
    @Override
    public String name() {
      return "reshape";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      if (in[0].size() != target.size()) {
        throw new IllegalArgumentException(
            "shape " + target + " has " + target.size() + " elements, given " + in[0].size());
      }
      return spec(target, in[0]);
    }

    @Override
    public Layout view(Layout in) {
      return in.reshape(target);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(ShapeOps.reshape(g, c.inputShape(0)));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared; copied where it comes in.
  record Permute(int[] axes) implements ViewPrimitive {
    @Override
    public String name() {
      return "permute";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      int[] sorted = axes.clone();
      Arrays.sort(sorted);
      long[] dims = new long[axes.length];
      for (int i = 0; i < axes.length; i++) {
        if (axes.length != in[0].rank() || sorted[i] != i) {
          throw new IllegalArgumentException(
              "axes " + Arrays.toString(axes) + " are not those from 0 to " + (in[0].rank() - 1));
        }
        dims[i] = in[0].dim(axes[i]);
      }
      return spec(Shape.of(dims), in[0]);
    }

    @Override
    public Layout view(Layout in) {
      return in.permute(axes);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      int[] inverse = new int[axes.length];
      for (int i = 0; i < axes.length; i++) {
        inverse[axes[i]] = i;
      }
      return gradients(g.permute(inverse));
    }

    @Override
    public String toString() {
      return "permute" + Arrays.toString(axes);
    }
  }

  record Slice(int axis, long start, long length, long step) implements ViewPrimitive {
    @Override
    public String name() {
      return "slice";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return spec(in[0].shape().with(axis, length), in[0]);
    }

    @Override
    public Layout view(Layout in) {
      return in.slice(axis, start, length, step);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(ShapeOps.putSlice(g, axis, start, step, c.inputShape(0).dim(axis)));
    }
  }

  record PutSlice(int axis, long start, long step, long length) implements Primitive {
    @Override
    public String name() {
      return "put_slice";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return spec(in[0].shape().with(axis, length), in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.fill(out[0], 0);
      long count = in[0].shape().dim(axis);
      backend.copy(in[0], out[0].with(out[0].layout().slice(axis, start, count, step)));
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      long count = c.inputShape(0).dim(axis);
      long end = count == 0 ? start : start + (count - 1) * step + 1;
      return gradients(ShapeOps.slice(g, axis, start, end, step));
    }
  }

  record Expand(Shape target) implements ViewPrimitive {
    @Override
    public String name() {
      return "broadcast_to";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      if (!Shape.broadcast(in[0].shape(), target).equals(target)) {
        throw new IllegalArgumentException("it does not broadcast to " + target);
      }
      return spec(target, in[0]);
    }

    @Override
    public Layout view(Layout in) {
      return in.expand(target);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(ShapeOps.sumTo(g, c.inputShape(0)));
    }
  }

  record Contiguous() implements Primitive {
    @Override
    public String name() {
      return "contiguous";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return ElementwisePrimitives.like(in[0]);
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.contiguous(spec.shape());
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.copy(in[0], out[0]);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(g);
    }
  }

  record Concatenate(int axis) implements Primitive {
    @Override
    public String name() {
      return "concatenate";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape first = in[0].shape();
      long total = 0;
      for (Tensor part : in) {
        if (part.dtype() != in[0].dtype()
            || part.rank() != first.rank()
            || !part.shape().with(axis, 0).equals(first.with(axis, 0))) {
          throw new IllegalArgumentException(
              "types and all dimensions but axis " + axis + " have to be equal");
        }
        total += part.dim(axis);
      }
      return spec(first.with(axis, total), in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      long start = 0;
      for (View part : in) {
        long length = part.shape().dim(axis);
        backend.copy(part, out[0].with(out[0].layout().slice(axis, start, length, 1)));
        start += length;
      }
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor[] parts = new Tensor[c.inputCount()];
      long start = 0;
      for (int i = 0; i < parts.length; i++) {
        long end = start + c.inputShape(i).dim(axis);
        parts[i] = ShapeOps.slice(g, axis, start, end);
        start = end;
      }
      return parts;
    }
  }
}
