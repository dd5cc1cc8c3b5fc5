package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.CompareOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/** Ops that read and write at places given as numbers. Indices are int32 or int64, from 0. */
public final class Indexing {
  private Indexing() {}

  /**
   * The elements of an axis at the given places: {@code out[p…, i…, s…] = x[p…, indices[i…], s…]}.
   *
   * @throws OpException when an index is out of range
   */
  public static Tensor gather(Tensor x, Tensor indices, int axis) {
    return Dispatcher.applyOne(
        new Gather(ShapeOps.axis("gather", x, axis)), x, places("gather", indices));
  }

  /**
   * Zeros with the updates added at the given places of an axis of the given length; adjoint of
   * {@link #gather}.
   *
   * @param updates {@code [p…, i…, s…]} with i… the shape of the indices
   * @throws OpException when an index is out of range
   */
  public static Tensor scatterAdd(Tensor indices, Tensor updates, int axis, long length) {
    return Dispatcher.applyOne(
        new ScatterAdd(axis, length), places("scatter_add", indices), updates);
  }

  /**
   * One element of an axis for each place of the result: {@code out[…, i, …] = x[…, indices[…, i,
   * …], …]}.
   *
   * @param indices of the shape of x but for the axis
   * @throws OpException when an index is out of range
   */
  public static Tensor takeAlong(Tensor x, Tensor indices, int axis) {
    return Dispatcher.applyOne(
        new TakeAlong(ShapeOps.axis("take_along", x, axis)), x, places("take_along", indices));
  }

  /**
   * Zeros with each update added at its own place of an axis of the given length; adjoint of {@link
   * #takeAlong}.
   *
   * @throws OpException when an index is out of range
   */
  public static Tensor putAlongAdd(Tensor indices, Tensor updates, int axis, long length) {
    return Dispatcher.applyOne(
        new PutAlongAdd(ShapeOps.axis("put_along_add", updates, axis), length),
        places("put_along_add", indices),
        updates);
  }

  /**
   * A new last axis of the given length that is 1 at the index and 0 elsewhere; all 0 beyond it.
   */
  public static Tensor oneHot(Tensor indices, long depth, DType dtype) {
    Tensor classes = ShapeOps.constant(range(depth), indices);
    return Elementwise.compare(CompareOp.EQ, places("one_hot", indices).expandDims(-1), classes)
        .cast(dtype);
  }

  /** The numbers from 0 to before {@code end} as int64, on the default device. */
  public static Tensor arange(long end) {
    return Tensor.of(range(end));
  }

  private static long[] range(long end) {
    long[] values = new long[Math.toIntExact(end)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return values;
  }

  private static Tensor places(String op, Tensor indices) {
    if (!indices.dtype().isInteger()) {
      throw new OpException(op + ": indices have to be int32 or int64, given " + indices.spec());
    }
    return indices.cast(DType.INT64);
  }

  private static Shape replaced(Shape shape, int axis, Shape by, int count) {
    Shape result = shape.slice(0, axis);
    for (int i = 0; i < by.rank(); i++) {
      result = result.append(by.dim(i));
    }
    for (int i = axis + count; i < shape.rank(); i++) {
      result = result.append(shape.dim(i));
    }
    return result;
  }

  record Gather(int axis) implements Primitive {
    @Override
    public String name() {
      return "gather";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = replaced(in[0].shape(), axis, in[1].shape(), 1);
      return new TensorSpec[] {new TensorSpec(shape, in[0].dtype())};
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.contiguous(spec.shape());
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.gather(in[0], in[1], axis, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return input == 0;
    }

    @Override
    public boolean savesInput(int input) {
      return input == 1;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(scatterAdd(c.input(1), g, axis, c.inputShape(0).dim(axis)), null);
    }
  }

  record ScatterAdd(int axis, long length) implements Primitive {
    @Override
    public String name() {
      return "scatter_add";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape updates = in[1].shape();
      Shape indices = in[0].shape();
      int end = axis + indices.rank();
      if (axis < 0 || end > updates.rank() || !updates.slice(axis, end).equals(indices)) {
        throw new IllegalArgumentException(
            "the updates have to hold the shape of the indices from axis " + axis + " on");
      }
      Shape shape = replaced(updates, axis, Shape.of(length), indices.rank());
      return new TensorSpec[] {new TensorSpec(shape, in[1].dtype())};
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.contiguous(spec.shape());
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.scatterAdd(in[0], in[1], axis, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return input == 1;
    }

    @Override
    public boolean savesInput(int input) {
      return input == 0;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(null, gather(g, c.input(0), axis));
    }
  }

  record TakeAlong(int axis) implements Primitive {
    @Override
    public String name() {
      return "take_along";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      requireSameBut(axis, in[0].shape(), in[1].shape());
      return new TensorSpec[] {new TensorSpec(in[1].shape(), in[0].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.takeAlong(in[0], in[1], axis, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return input == 0;
    }

    @Override
    public boolean savesInput(int input) {
      return input == 1;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(putAlongAdd(c.input(1), g, axis, c.inputShape(0).dim(axis)), null);
    }
  }

  record PutAlongAdd(int axis, long length) implements Primitive {
    @Override
    public String name() {
      return "put_along_add";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      if (!in[0].shape().equals(in[1].shape())) {
        throw new IllegalArgumentException("indices and updates have to be of one shape");
      }
      Shape shape = in[1].shape().with(axis, length);
      return new TensorSpec[] {new TensorSpec(shape, in[1].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.putAlongAdd(in[0], in[1], axis, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return input == 1;
    }

    @Override
    public boolean savesInput(int input) {
      return input == 0;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(null, takeAlong(g, c.input(0), axis));
    }
  }

  private static void requireSameBut(int axis, Shape x, Shape indices) {
    if (x.rank() != indices.rank() || !x.with(axis, 0).equals(indices.with(axis, 0))) {
      throw new IllegalArgumentException(
          "the indices have to have the shape of the values but for axis " + axis);
    }
  }
}
