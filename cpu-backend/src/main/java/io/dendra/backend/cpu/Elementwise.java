package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Elementwise functions as Java loops, for every type and layout. */
final class Elementwise {
  /** Steps per element of a function that is more than arithmetic. */
  private static final int COSTLY = 12;

  private static final int[] SECOND_ROW = {1};
  private static final int[] THIRD_ROW = {2};

  private final CpuPool pool;
  private final RangeFunctions ranges;

  /** With the engine's functions of ranges, null where it has none. */
  Elementwise(CpuPool pool, RangeFunctions ranges) {
    this.pool = pool;
    this.ranges = ranges;
  }

  void unary(UnaryOp op, View x, View out) {
    if (out.dtype() == DType.FLOAT32) {
      boolean isLong = out.layout().size() >= RangeFunctions.WORTHWHILE;
      RangeFunctions forLong = isLong && ranges != null && ranges.has(op) ? ranges : null;
      if (forLong != null && Loop.flat(x.layout(), out.layout())) {
        long from = CpuBuffer.address(x);
        long to = CpuBuffer.address(out);
        pool.ranges(
            out.layout().size(),
            FloatLoops.cost(op),
            (start, end) -> {
              try (RangeFunctions.Call call = forLong.unary(op, end - start)) {
                call.run(from + 4 * start, to + 4 * start);
              }
            });
        return;
      }
      Tiles.run(
          pool,
          FloatLoops.cost(op),
          new View[] {x},
          new View[] {out},
          2,
          SECOND_ROW,
          (blocks, rows, n) -> FloatLoops.unary(op, forLong, blocks, rows[0], rows[1], n));
      return;
    }
    Cells from = Cells.of(x);
    Cells to = Cells.of(out);
    Loop loop = Loop.of(x, out);
    if (out.dtype().isInteger()) {
      LongUnaryOperator function = Scalars.integer(op);
      Loop.Row row =
          (n, at, step) -> {
            for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
              to.setLong(q, function.applyAsLong(from.getLong(p)));
            }
          };
      loop.run(pool, 4, row, from.base, to.base);
    } else {
      loop.run(pool, COSTLY, map(Scalars.floating(op), from, to), from.base, to.base);
    }
  }

  /** Whether the engine takes an op on operands of that size when they lie alike. */
  private boolean isLongRange(BinaryOp op, View out) {
    return ranges != null && ranges.has(op) && out.layout().size() >= RangeFunctions.WORTHWHILE;
  }

  private static boolean lieAlike(View in, View out) {
    return Loop.flat(in.layout(), out.layout());
  }

  /** Applies a function to floats, rounding the result to the type of the output. */
  private static Loop.Row map(DoubleUnaryOperator function, Cells from, Cells to) {
    return (n, at, step) -> {
      for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
        to.set(q, function.applyAsDouble(from.get(p)));
      }
    };
  }

  void binary(BinaryOp op, View a, View b, View out) {
    DType dtype = out.dtype();
    if (dtype == DType.FLOAT32) {
      if (isLongRange(op, out) && lieAlike(a, out) && lieAlike(b, out)) {
        long left = CpuBuffer.address(a);
        long right = CpuBuffer.address(b);
        long to = CpuBuffer.address(out);
        pool.ranges(
            out.layout().size(),
            1,
            (start, end) -> {
              try (RangeFunctions.Call call = ranges.binary(op, end - start)) {
                call.run(left + 4 * start, right + 4 * start, to + 4 * start);
              }
            });
        return;
      }
      Tiles.run(
          pool,
          FloatLoops.cost(op),
          new View[] {a, b},
          new View[] {out},
          3,
          THIRD_ROW,
          (blocks, rows, n) -> FloatLoops.binary(op, rows[0], rows[1], rows[2], n));
      return;
    }
    Cells left = Cells.of(a);
    Cells right = Cells.of(b);
    Cells to = Cells.of(out);
    Loop loop = Loop.of(a, b, out);
    if (dtype.isInteger() || dtype == DType.BOOL) {
      LongBinaryOperator function = Scalars.integer(op);
      Loop.Row row =
          (n, at, step) -> {
            int p = at[0];
            int q = at[1];
            int r = at[2];
            for (int i = 0; i < n; i++, p += step[0], q += step[1], r += step[2]) {
              to.setLong(r, function.applyAsLong(left.getLong(p), right.getLong(q)));
            }
          };
      loop.run(pool, 4, row, left.base, right.base, to.base);
    } else {
      DoubleBinaryOperator function = Scalars.floating(op);
      Loop.Row row =
          (n, at, step) -> {
            int p = at[0];
            int q = at[1];
            int r = at[2];
            for (int i = 0; i < n; i++, p += step[0], q += step[1], r += step[2]) {
              to.set(r, function.applyAsDouble(left.get(p), right.get(q)));
            }
          };
      loop.run(pool, 4, row, left.base, right.base, to.base);
    }
  }

  void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    DType dtype = out.dtype();
    if (dtype == DType.FLOAT32) {
      float number = (float) scalar;
      if (isLongRange(op, out) && !scalarFirst && lieAlike(a, out)) {
        long from = CpuBuffer.address(a);
        long to = CpuBuffer.address(out);
        pool.ranges(
            out.layout().size(),
            1,
            (start, end) -> {
              try (Scratch place = new Scratch(DType.FLOAT32, 1);
                  RangeFunctions.Call call = ranges.withNumber(op, end - start)) {
                View one = place.view(1);
                Cells.of(one).set(0, number);
                call.run(from + 4 * start, CpuBuffer.address(one), to + 4 * start);
              }
            });
        return;
      }
      Tiles.run(
          pool,
          FloatLoops.cost(op),
          new View[] {a},
          new View[] {out},
          2,
          SECOND_ROW,
          (blocks, rows, n) -> FloatLoops.withScalar(op, rows[0], number, scalarFirst, rows[1], n));
      return;
    }
    Cells from = Cells.of(a);
    Cells to = Cells.of(out);
    Loop loop = Loop.of(a, out);
    if (dtype.isInteger() || dtype == DType.BOOL) {
      LongBinaryOperator function = Scalars.integer(op);
      long value = dtype == DType.BOOL ? (scalar != 0 ? 1 : 0) : (long) scalar;
      Loop.Row row =
          (n, at, step) -> {
            for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
              long x = from.getLong(p);
              to.setLong(
                  q, scalarFirst ? function.applyAsLong(value, x) : function.applyAsLong(x, value));
            }
          };
      loop.run(pool, 4, row, from.base, to.base);
    } else {
      DoubleBinaryOperator function = Scalars.floating(op);
      DoubleUnaryOperator bound =
          scalarFirst
              ? x -> function.applyAsDouble(scalar, x)
              : x -> function.applyAsDouble(x, scalar);
      loop.run(pool, COSTLY, map(bound, from, to), from.base, to.base);
    }
  }

  void compare(CompareOp op, View a, View b, View out) {
    Cells left = Cells.of(a);
    Cells right = Cells.of(b);
    Cells to = Cells.of(out);
    boolean exact = !a.dtype().isFloating();
    Loop.Row row =
        (n, at, step) -> {
          int p = at[0];
          int q = at[1];
          int r = at[2];
          for (int i = 0; i < n; i++, p += step[0], q += step[1], r += step[2]) {
            boolean holds =
                exact
                    ? holds(op, left.getLong(p), right.getLong(q))
                    : holds(op, left.get(p), right.get(q));
            to.memory.bytes.put(r, (byte) (holds ? 1 : 0));
          }
        };
    Loop.of(a, b, out).run(pool, 3, row, left.base, right.base, to.base);
  }

  private static boolean holds(CompareOp op, long a, long b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
    };
  }

  private static boolean holds(CompareOp op, double a, double b) {
    return switch (op) {
      case EQ -> a == b;
      case NE -> a != b;
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
    };
  }

  void where(View condition, View a, View b, View out) {
    Cells test = Cells.of(condition);
    Cells left = Cells.of(a);
    Cells right = Cells.of(b);
    Cells to = Cells.of(out);
    int size = out.dtype().byteSize();
    Loop.Row row =
        (n, at, step) -> {
          int t = at[0];
          int p = at[1];
          int q = at[2];
          int r = at[3];
          for (int i = 0; i < n; i++) {
            boolean first = test.memory.bytes.get(t) != 0;
            Copies.one(size, first ? left.memory : right.memory, first ? p : q, to.memory, r);
            t += step[0];
            p += step[1];
            q += step[2];
            r += step[3];
          }
        };
    Loop.of(condition, a, b, out).run(pool, 3, row, test.base, left.base, right.base, to.base);
  }

  void cast(View in, View out) {
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    boolean exact = in.dtype().isInteger() || in.dtype() == DType.BOOL;
    boolean saturates = out.dtype() == DType.INT32;
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
            if (exact && saturates) {
              to.setLong(q, from.getLong(p));
            } else if (exact) {
              integerTo(to, q, from.getLong(p));
            } else {
              to.set(q, from.get(p));
            }
          }
        };
    Loop.of(in, out).run(pool, 3, row, from.base, to.base);
  }

  /** Rounds once: a long to float does not pass through double. */
  private static void integerTo(Cells to, int at, long value) {
    if (to.dtype == DType.FLOAT32) {
      to.memory.floats.put(at, (float) value);
    } else {
      to.setLong(at, value);
    }
  }
}
