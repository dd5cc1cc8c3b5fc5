package io.dendra.ops;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.ReduceOp;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Functions that take all elements along some axes to one. Without axes they take all elements;
 * negative axes count from the end.
 *
 * <p>Sums and products of 16-bit floats are added up in float32 and rounded once; means, variances
 * and norms are computed in float32 throughout.
 */
public final class Reduce {
  private Reduce() {}

  /**
   * Reduces along axes.
   *
   * @param keepDims whether the axes stay with length 1
   * @throws OpException when an axis is not there or given twice, or a maximum has no elements
   */
  public static Tensor reduce(ReduceOp op, Tensor x, int[] axes, boolean keepDims) {
    Tensor operand = x;
    if (op.isLogical() != (x.dtype() == DType.BOOL)) {
      if (op.isLogical()) {
        throw new OpException(
            ElementwisePrimitives.name(op) + " takes booleans, given " + x.spec());
      }
      operand = x.cast(DType.INT64);
    }
    int[] sorted = axes(ElementwisePrimitives.name(op), operand, axes);
    if (sorted.length == 0) {
      return operand;
    }
    Tensor kept = Dispatcher.applyOne(new ReducePrimitives.Reduction(op, sorted), operand);
    return keepDims ? kept : dropAxes(kept, sorted);
  }

  /** The sum along axes. */
  public static Tensor sum(Tensor x, int[] axes, boolean keepDims) {
    return reduce(ReduceOp.SUM, x, axes, keepDims);
  }

  /** Computed in float32 and rounded once for 16-bit floats, of which a sum may overflow. */
  private static Tensor wide(Tensor x, UnaryOperator<Tensor> function) {
    return x.dtype().isHalf()
        ? function.apply(x.cast(DType.FLOAT32)).cast(x.dtype())
        : function.apply(x);
  }

  /** The mean along axes; integers give float32. */
  public static Tensor mean(Tensor x, int[] axes, boolean keepDims) {
    return wide(x, wide -> meanOf(wide, axes, keepDims));
  }

  private static Tensor meanOf(Tensor x, int[] axes, boolean keepDims) {
    Tensor operand = x.dtype().isFloating() ? x : x.cast(DType.FLOAT32);
    Tensor sum = reduce(ReduceOp.SUM, operand, axes, keepDims);
    long count = x.size() / Math.max(1, sum.size());
    return sum.mul(1.0 / count);
  }

  /** The biased variance along axes: the mean of squared distances from the mean. */
  public static Tensor variance(Tensor x, int[] axes, boolean keepDims) {
    return wide(x, wide -> mean(wide.sub(mean(wide, axes, true)).square(), axes, keepDims));
  }

  /** The Euclidean norm along axes. */
  public static Tensor norm(Tensor x, int[] axes, boolean keepDims) {
    return wide(x, wide -> sum(wide.square(), axes, keepDims).sqrt());
  }

  /** {@code log(sum(exp(x)))} along axes, without overflow. */
  public static Tensor logSumExp(Tensor x, int[] axes, boolean keepDims) {
    return wide(x, wide -> logSumExpOf(wide, axes, keepDims));
  }

  private static Tensor logSumExpOf(Tensor x, int[] axes, boolean keepDims) {
    Tensor top = reduce(ReduceOp.MAX, x.detach(), axes, true);
    // An infinite maximum would give infinity minus infinity.
    Tensor shift = Elementwise.where(Elementwise.isFinite(top), top, 0);
    Tensor sum = sum(x.sub(shift).exp(), axes, true).log().add(shift);
    return keepDims ? sum : dropAxes(sum, axes("log_sum_exp", x, axes));
  }

  /** The place of the greatest element along an axis, the first of equals, as int64. */
  public static Tensor argMax(Tensor x, int axis) {
    return arg(ArgReduceOp.ARGMAX, x, axis);
  }

  /** The place of the least element along an axis, the first of equals, as int64. */
  public static Tensor argMin(Tensor x, int axis) {
    return arg(ArgReduceOp.ARGMIN, x, axis);
  }

  private static Tensor arg(ArgReduceOp op, Tensor x, int axis) {
    int place = x.shape().axis(axis);
    Tensor operand = x.dtype() == DType.BOOL ? x.cast(DType.INT32) : x;
    return Dispatcher.applyOne(new ReducePrimitives.ArgReduction(op, place), operand)
        .squeeze(place);
  }

  /** The running sum along an axis. */
  public static Tensor cumulativeSum(Tensor x, int axis) {
    return cumulativeSum(x, axis, false, false);
  }

  /** The running sum along an axis, leaving out the element itself or starting at the end. */
  public static Tensor cumulativeSum(Tensor x, int axis, boolean exclusive, boolean reverse) {
    Tensor operand = x.dtype() == DType.BOOL ? x.cast(DType.INT64) : x;
    return Dispatcher.applyOne(
        new ReducePrimitives.CumulativeSum(x.shape().axis(axis), exclusive, reverse), operand);
  }

  /** Values and places. */
  public record TopK(Tensor values, Tensor indices) {}

  /**
   * The k greatest elements along an axis in falling order, or the k least in rising order.
   *
   * @throws OpException when the axis has fewer than k
   */
  public static TopK topK(Tensor x, int axis, long k, boolean largest) {
    Tensor[] out =
        Dispatcher.apply(new ReducePrimitives.TopKCall(x.shape().axis(axis), k, largest), x);
    return new TopK(out[0], out[1]);
  }

  /** The elements along an axis in rising order. */
  public static Tensor sort(Tensor x, int axis) {
    return topK(x, axis, x.dim(axis), false).values();
  }

  /** The product along an axis by halving, which is differentiable to any order, at zeros too. */
  static Tensor productTree(Tensor x, int axis) {
    if (x.dim(axis) == 0) {
      // The product of nothing, as a function of x so that a gradient flows, of no elements too.
      return sum(x, new int[] {axis}, true).add(1);
    }
    Tensor product = x;
    while (product.dim(axis) > 1) {
      long half = product.dim(axis) / 2;
      Tensor pairs =
          Elementwise.binary(
              BinaryOp.MUL, product.slice(axis, 0, half), product.slice(axis, half, 2 * half));
      product =
          product.dim(axis) % 2 == 0
              ? pairs
              : ShapeOps.concatenate(axis, pairs, product.slice(axis, 2 * half, 2 * half + 1));
    }
    return product;
  }

  private static int[] axes(String op, Tensor x, int[] axes) {
    if (axes.length == 0) {
      int[] all = new int[x.rank()];
      Arrays.setAll(all, i -> i);
      return all;
    }
    try {
      int[] resolved = Arrays.stream(axes).map(x.shape()::axis).sorted().distinct().toArray();
      if (resolved.length < axes.length) {
        throw new IllegalArgumentException("an axis is given twice in " + Arrays.toString(axes));
      }
      return resolved;
    } catch (IllegalArgumentException e) {
      throw new OpException(op + " of " + x.spec() + ": " + e.getMessage());
    }
  }

  private static Tensor dropAxes(Tensor x, int[] axes) {
    Shape shape = x.shape();
    for (int i = axes.length - 1; i >= 0; i--) {
      shape = shape.without(axes[i]);
    }
    return ShapeOps.reshape(x, shape);
  }
}
