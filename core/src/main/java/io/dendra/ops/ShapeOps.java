package io.dendra.ops;

import io.dendra.backend.OpenDevice;
import io.dendra.backend.ReduceOp;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Ops that move or repeat elements. Reshaping, permuting, slicing and broadcasting give views and
 * copy nothing unless said otherwise; negative axes and places count from the end.
 */
public final class ShapeOps {
  private ShapeOps() {}

  /**
   * The same elements under another shape; one length may be -1 and is worked out. Copies when the
   * elements do not lie so that a view can express it.
   *
   * @throws OpException when the sizes differ
   */
  public static Tensor reshape(Tensor x, long... dims) {
    return reshape(x, resolve(x, dims));
  }

  /** The same elements under another shape. */
  public static Tensor reshape(Tensor x, Shape target) {
    if (x.shape().equals(target)) {
      return x;
    }
    boolean viewable =
        x.isMeta() || x.size() != target.size() || x.layout().reshape(target) != null;
    return Dispatcher.applyOne(new ShapePrimitives.Reshape(target), viewable ? x : contiguous(x));
  }

  private static Shape resolve(Tensor x, long[] dims) {
    long known = 1;
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != -1) {
        known *= dims[i];
      } else if (open < 0) {
        open = i;
      } else {
        throw new OpException(
            "reshape of " + x.spec() + " to " + Arrays.toString(dims) + ": only one -1 is allowed");
      }
    }
    if (open < 0) {
      return Shape.of(dims);
    }
    if (known == 0 || x.size() % known != 0) {
      throw new OpException(
          "reshape of "
              + x.spec()
              + " to "
              + Arrays.toString(dims)
              + ": "
              + x.size()
              + " elements are no multiple of "
              + known);
    }
    long[] resolved = dims.clone();
    resolved[open] = x.size() / known;
    return Shape.of(resolved);
  }

  /** Itself if its elements lie in row-major order, else a copy that does. */
  public static Tensor contiguous(Tensor x) {
    return x.isMeta() || x.layout().isContiguous()
        ? x
        : Dispatcher.applyOne(new ShapePrimitives.Contiguous(), x);
  }

  /** The same tensor as a new node of the gradient graph. */
  static Tensor identity(Tensor x) {
    return Dispatcher.applyOne(new ShapePrimitives.Reshape(x.shape()), x);
  }

  /**
   * The dimensions in the given order.
   *
   * @throws OpException when the axes are not those of x, each once
   */
  public static Tensor permute(Tensor x, int... axes) {
    return Dispatcher.applyOne(new ShapePrimitives.Permute(axes.clone()), x);
  }

  /** Two dimensions swapped. */
  public static Tensor transpose(Tensor x, int a, int b) {
    int[] axes = new int[x.rank()];
    Arrays.setAll(axes, i -> i);
    int first = axis("transpose", x, a);
    int second = axis("transpose", x, b);
    axes[first] = second;
    axes[second] = first;
    return permute(x, axes);
  }

  static int axis(String op, Tensor x, int axis) {
    try {
      return x.shape().axis(axis);
    } catch (IllegalArgumentException e) {
      throw new OpException(op + " of " + x.spec() + ": " + e.getMessage());
    }
  }

  /** The elements from one place to before another along an axis. */
  public static Tensor slice(Tensor x, int axis, long from, long to) {
    return slice(x, axis, from, to, 1);
  }

  /**
   * Every {@code step}th element from one place to before another along an axis.
   *
   * @throws OpException when the places are not in the axis or the step is not positive
   */
  public static Tensor slice(Tensor x, int axis, long from, long to, long step) {
    int along = axis("slice", x, axis);
    long length = x.dim(along);
    long start = from < 0 ? from + length : from;
    long end = to < 0 ? to + length : to;
    if (start < 0 || end > length || start > end || step < 1) {
      throw new OpException(
          "slice of "
              + x.spec()
              + " along axis "
              + axis
              + " from "
              + from
              + " to "
              + to
              + " by "
              + step
              + ": places have to lie between 0 and "
              + length
              + " and the step has to be positive");
    }
    if (start == 0 && end == length && step == 1) {
      return x;
    }
    long count = (end - start + step - 1) / step;
    return Dispatcher.applyOne(new ShapePrimitives.Slice(along, start, count, step), x);
  }

  /** The element of one place along an axis, which goes away. */
  public static Tensor select(Tensor x, int axis, long place) {
    int along = axis("select", x, axis);
    long start = place < 0 ? place + x.dim(along) : place;
    return squeeze(slice(x, along, start, start + 1), along);
  }

  /** The parts of an axis of the given lengths. */
  public static List<Tensor> split(Tensor x, int axis, long... lengths) {
    int along = axis("split", x, axis);
    if (Arrays.stream(lengths).sum() != x.dim(along)) {
      throw new OpException(
          "split of "
              + x.spec()
              + " along axis "
              + axis
              + ": the parts "
              + Arrays.toString(lengths)
              + " do not add up to "
              + x.dim(along));
    }
    Tensor[] parts = new Tensor[lengths.length];
    long start = 0;
    for (int i = 0; i < lengths.length; i++) {
      parts[i] = slice(x, along, start, start + lengths[i]);
      start += lengths[i];
    }
    return List.of(parts);
  }

  /** A dimension of length 1 put in before the given one; -1 puts it last. */
  public static Tensor expandDims(Tensor x, int axis) {
    int place = axis < 0 ? axis + x.rank() + 1 : axis;
    if (place < 0 || place > x.rank()) {
      throw new OpException("expand_dims of " + x.spec() + ": no place " + axis);
    }
    long[] dims = new long[x.rank() + 1];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == place ? 1 : x.dim(i < place ? i : i - 1);
    }
    return reshape(x, Shape.of(dims));
  }

  /**
   * A dimension of length 1 taken away.
   *
   * @throws OpException when it is longer
   */
  public static Tensor squeeze(Tensor x, int axis) {
    int along = axis("squeeze", x, axis);
    if (x.dim(along) != 1) {
      throw new OpException(
          "squeeze of " + x.spec() + ": axis " + axis + " is " + x.dim(along) + " long, not 1");
    }
    return reshape(x, x.shape().without(along));
  }

  /**
   * The elements repeated over a larger shape, by broadcasting.
   *
   * @throws OpException when x does not broadcast to it
   */
  public static Tensor broadcastTo(Tensor x, Shape target) {
    return x.shape().equals(target)
        ? x
        : Dispatcher.applyOne(new ShapePrimitives.Expand(target), x);
  }

  /** Sums so that the result has a shape that broadcasts to that of x; adjoint of broadcasting. */
  public static Tensor sumTo(Tensor x, Shape target) {
    if (x.shape().equals(target)) {
      return x;
    }
    int lead = x.rank() - target.rank();
    int[] axes = new int[x.rank()];
    int n = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (i < lead || (target.dim(i - lead) == 1 && x.dim(i) != 1)) {
        axes[n++] = i;
      }
    }
    Tensor sum = n == 0 ? x : Reduce.reduce(ReduceOp.SUM, x, Arrays.copyOf(axes, n), true);
    return reshape(sum, target);
  }

  /**
   * The tensors one behind the other along an axis.
   *
   * @throws OpException when their other dimensions or their types differ
   */
  public static Tensor concatenate(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new OpException("concatenate needs at least one tensor");
    }
    int along = axis("concatenate", parts[0], axis);
    return parts.length == 1
        ? parts[0]
        : Dispatcher.applyOne(new ShapePrimitives.Concatenate(along), parts);
  }

  /** Tensors of one shape as the elements of a new axis. */
  public static Tensor stack(int axis, Tensor... parts) {
    Tensor[] expanded = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      expanded[i] = expandDims(parts[i], axis);
    }
    return concatenate(axis < 0 ? axis + expanded[0].rank() : axis, expanded);
  }

  /** Zeros before and after the elements of one axis. */
  public static Tensor pad(Tensor x, int axis, long before, long after) {
    if (before < 0 || after < 0) {
      throw new OpException(
          "pad of " + x.spec() + " by " + before + " and " + after + ": use slice to cut");
    }
    if (before == 0 && after == 0) {
      return x;
    }
    int along = axis("pad", x, axis);
    return putSlice(x, along, before, 1, before + x.dim(along) + after);
  }

  /** Zeros with x at the places that a slice of them would take; adjoint of slicing. */
  static Tensor putSlice(Tensor x, int axis, long start, long step, long length) {
    return Dispatcher.applyOne(new ShapePrimitives.PutSlice(axis, start, step, length), x);
  }

  /** The elements in the opposite order along an axis. */
  public static Tensor flip(Tensor x, int axis) {
    int along = axis("flip", x, axis);
    long[] places = new long[Math.toIntExact(x.dim(along))];
    for (int i = 0; i < places.length; i++) {
      places[i] = places.length - 1L - i;
    }
    return Indexing.gather(x, constant(places, x), along);
  }

  /** The whole tensor repeated the given number of times along an axis. */
  public static Tensor repeat(Tensor x, int axis, int times) {
    int along = axis("repeat", x, axis);
    Tensor wide = expandDims(x, along);
    Tensor repeated = broadcastTo(wide, wide.shape().with(along, times));
    return reshape(repeated, x.shape().with(along, x.dim(along) * times));
  }

  /** Zeros of the shape, type and device of x. */
  public static Tensor zerosLike(Tensor x) {
    return Tensor.full(x.shape(), 0, x.dtype(), x.device());
  }

  /** Ones of the shape, type and device of x. */
  public static Tensor onesLike(Tensor x) {
    return Tensor.full(x.shape(), 1, x.dtype(), x.device());
  }

  /** Numbers on the device of x. */
  static Tensor constant(long[] values, Tensor x) {
    return x.isMeta()
        ? Tensor.meta(Shape.of(values.length), DType.INT64)
        : Tensor.of(io.dendra.tensor.NDArray.of(values), x.device());
  }

  /** The values on another device; itself when it is there already. */
  public static Tensor to(Tensor x, Device target) {
    if (x.isMeta() || x.device().equals(target)) {
      return x;
    }
    OpenDevice open = io.dendra.backend.Backends.open(target);
    return Transfer.apply(x, open);
  }
}
