package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/** Products of matrices. */
public final class Linalg {
  private Linalg() {}

  /**
   * The matrix product as in NumPy: {@code [..., m, k]} by {@code [..., k, n]} gives {@code [...,
   * m, n]}, leading dimensions broadcast; a vector counts as a row on the left and as a column on
   * the right.
   *
   * @throws OpException when the inner lengths differ or leading dimensions do not broadcast
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    if (a.rank() == 0 || b.rank() == 0) {
      throw new OpException("matmul of " + a.spec() + " and " + b.spec() + ": use mul for scalars");
    }
    DType dtype = DType.promote(a.dtype(), b.dtype());
    if (dtype == DType.BOOL) {
      throw new OpException(
          "matmul of " + a.spec() + " and " + b.spec() + ": cast to a number type first");
    }
    if (a.rank() == 1) {
      return matmul(a.expandDims(0), b).squeeze(-2 + (b.rank() == 1 ? 1 : 0));
    }
    if (b.rank() == 1) {
      return matmul(a, b.expandDims(1)).squeeze(-1);
    }
    if (a.dim(-1) != b.dim(-2)) {
      throw new OpException(
          "matmul of "
              + a.spec()
              + " and "
              + b.spec()
              + ": the last dimension of the first, "
              + a.dim(-1)
              + ", has to equal the last but one of the second, "
              + b.dim(-2));
    }
    Tensor x = a.cast(dtype);
    Tensor y = b.cast(dtype);
    if (b.rank() == 2 && a.rank() > 2) {
      // One large product instead of a batch of small ones.
      Tensor rows = x.reshape(rowCount(x.shape()), x.dim(-1));
      return ShapeOps.reshape(product(rows, y), x.shape().with(-1, y.dim(-1)));
    }
    return product(x, y);
  }

  private static long rowCount(Shape shape) {
    return shape.slice(0, shape.rank() - 1).size();
  }

  private static Tensor product(Tensor x, Tensor y) {
    if (x.rank() == 2 && y.rank() == 2) {
      return Dispatcher.applyOne(new MatMul(), x, y);
    }
    Shape batch;
    try {
      batch = Shape.broadcast(x.shape().slice(0, x.rank() - 2), y.shape().slice(0, y.rank() - 2));
    } catch (IllegalArgumentException e) {
      throw new OpException(
          "matmul of " + x.spec() + " and " + y.spec() + ": leading dimensions, " + e.getMessage());
    }
    return Dispatcher.applyOne(
        new MatMul(),
        x.broadcastTo(batch.append(x.dim(-2)).append(x.dim(-1))),
        y.broadcastTo(batch.append(y.dim(-2)).append(y.dim(-1))));
  }

  /** The float32 identity matrix of the given size. */
  public static Tensor eye(int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return Tensor.of(values, size, size);
  }

  record MatMul() implements Primitive {
    @Override
    public String name() {
      return "matmul";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      Shape shape = in[0].shape().with(-1, in[1].dim(-1));
      return new TensorSpec[] {new TensorSpec(shape, in[0].dtype())};
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.contiguous(spec.shape());
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.matmul(in[0], in[1], out[0]);
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(
          c.wants(0) ? matmul(g, c.input(1).transpose()) : null,
          c.wants(1) ? matmul(c.input(0).transpose(), g) : null);
    }
  }
}
