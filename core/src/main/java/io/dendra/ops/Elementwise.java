package io.dendra.ops;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/**
 * Functions of single elements. Operands of two-operand functions broadcast as in NumPy and are
 * promoted to a common type ({@link DType#promote}); numbers given as {@code double} take the type
 * of the tensor.
 */
public final class Elementwise {
  private Elementwise() {}

  /** {@code op(x)}; integers are cast to float32 where the function needs a float. */
  public static Tensor unary(UnaryOp op, Tensor x) {
    Tensor operand = x;
    if (!x.dtype().isFloating() && !(x.dtype().isInteger() && op.takesIntegers())) {
      operand = cast(x, DType.FLOAT32);
    }
    return Dispatcher.applyOne(new ElementwisePrimitives.Unary(op), operand);
  }

  /** {@code op(a, b)}. */
  public static Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    DType dtype = operandType(op, DType.promote(a.dtype(), b.dtype()));
    Shape shape = broadcast(op.name(), a, b);
    return Dispatcher.applyOne(
        new ElementwisePrimitives.Binary(op),
        ShapeOps.broadcastTo(cast(a, dtype), shape),
        ShapeOps.broadcastTo(cast(b, dtype), shape));
  }

  /** {@code op(a, value)}. */
  public static Tensor binary(BinaryOp op, Tensor a, double value) {
    return withScalar(op, a, value, false);
  }

  /** {@code op(value, a)}. */
  public static Tensor binary(BinaryOp op, double value, Tensor a) {
    return withScalar(op, a, value, true);
  }

  private static Tensor withScalar(BinaryOp op, Tensor a, double value, boolean scalarFirst) {
    DType dtype = operandType(op, a.dtype());
    if (dtype.isInteger() && value != Math.rint(value)) {
      dtype = DType.FLOAT32;
    }
    return Dispatcher.applyOne(
        new ElementwisePrimitives.BinaryScalar(op, value, scalarFirst), cast(a, dtype));
  }

  private static DType operandType(BinaryOp op, DType promoted) {
    if (op.isLogical()) {
      if (promoted != DType.BOOL) {
        throw new OpException(
            name(op) + " takes booleans, given " + promoted.label() + ": compare with 0 first");
      }
      return promoted;
    }
    DType number = promoted == DType.BOOL ? DType.INT32 : promoted;
    return number.isInteger() && !op.takesIntegers() ? DType.FLOAT32 : number;
  }

  private static String name(Enum<?> op) {
    return ElementwisePrimitives.name(op);
  }

  private static Shape broadcast(String op, Tensor a, Tensor b) {
    try {
      return Shape.broadcast(a.shape(), b.shape());
    } catch (IllegalArgumentException e) {
      throw new OpException(
          op.toLowerCase(java.util.Locale.ROOT)
              + " of "
              + a.spec()
              + " and "
              + b.spec()
              + ": "
              + e.getMessage());
    }
  }

  /** {@code a / b}; integers give float32. */
  public static Tensor div(Tensor a, Tensor b) {
    return binary(BinaryOp.DIV, floating(a), b);
  }

  /** {@code a / value}; integers give float32. */
  public static Tensor div(Tensor a, double value) {
    return binary(BinaryOp.DIV, floating(a), value);
  }

  private static Tensor floating(Tensor x) {
    return x.dtype().isFloating() ? x : cast(x, DType.FLOAT32);
  }

  /** The greater of two elements. */
  public static Tensor maximum(Tensor a, Tensor b) {
    return binary(BinaryOp.MAXIMUM, a, b);
  }

  /** The greater of an element and a number. */
  public static Tensor maximum(Tensor a, double value) {
    return binary(BinaryOp.MAXIMUM, a, value);
  }

  /** The less of two elements. */
  public static Tensor minimum(Tensor a, Tensor b) {
    return binary(BinaryOp.MINIMUM, a, b);
  }

  /** The less of an element and a number. */
  public static Tensor minimum(Tensor a, double value) {
    return binary(BinaryOp.MINIMUM, a, value);
  }

  /** The element, or the nearer bound when it is outside. */
  public static Tensor clip(Tensor x, double low, double high) {
    return minimum(maximum(x, low), high);
  }

  /** {@code op(a, b)} as booleans. */
  public static Tensor compare(CompareOp op, Tensor a, Tensor b) {
    DType dtype = DType.promote(a.dtype(), b.dtype());
    Shape shape = broadcast(op.name(), a, b);
    return Dispatcher.applyOne(
        new ElementwisePrimitives.Compare(op),
        ShapeOps.broadcastTo(cast(a, dtype), shape),
        ShapeOps.broadcastTo(cast(b, dtype), shape));
  }

  /** {@code op(a, value)} as booleans. */
  public static Tensor compare(CompareOp op, Tensor a, double value) {
    boolean fractional = a.dtype().isInteger() && value != Math.rint(value);
    Tensor operand = fractional || a.dtype() == DType.BOOL ? cast(a, DType.FLOAT32) : a;
    return compare(
        op, operand, Tensor.full(Shape.scalar(), value, operand.dtype(), operand.device()));
  }

  /** {@code condition ? a : b}, all three broadcast. */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    if (condition.dtype() != DType.BOOL) {
      throw new OpException(
          "where takes a boolean condition, given " + condition.spec() + ": compare first");
    }
    DType dtype = DType.promote(a.dtype(), b.dtype());
    Shape shape = broadcast("where", a, b);
    Shape common = Shape.broadcast(condition.shape(), shape);
    return Dispatcher.applyOne(
        new ElementwisePrimitives.Where(),
        ShapeOps.broadcastTo(condition, common),
        ShapeOps.broadcastTo(cast(a, dtype), common),
        ShapeOps.broadcastTo(cast(b, dtype), common));
  }

  /** {@code condition ? a : value}. */
  public static Tensor where(Tensor condition, Tensor a, double value) {
    return where(condition, a, Tensor.full(Shape.scalar(), value, a.dtype(), a.device()));
  }

  /** {@code condition ? value : b}. */
  public static Tensor where(Tensor condition, double value, Tensor b) {
    return where(condition, Tensor.full(Shape.scalar(), value, b.dtype(), b.device()), b);
  }

  /** Booleans turned around. */
  public static Tensor not(Tensor x) {
    return binary(BinaryOp.LOGICAL_XOR, x, 1);
  }

  /** Whether elements are neither infinite nor NaN. */
  public static Tensor isFinite(Tensor x) {
    return compare(CompareOp.LT, x.abs(), Double.POSITIVE_INFINITY);
  }

  /** The values as another type; itself when it has that type. */
  public static Tensor cast(Tensor x, DType target) {
    return x.dtype() == target ? x : Dispatcher.applyOne(new ElementwisePrimitives.Cast(target), x);
  }
}
