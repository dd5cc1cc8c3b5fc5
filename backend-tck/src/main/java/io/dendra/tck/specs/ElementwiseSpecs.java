package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.in;
import static io.dendra.tck.Operand.number;
import static io.dendra.tck.Operand.repeated;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Functions of single elements; the intervals come from the enum constants. */
public final class ElementwiseSpecs {
  private static final DType[] FLOATS = {DType.FLOAT32, DType.FLOAT64};
  private static final DType[] NUMBERS = {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64};
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private ElementwiseSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    List<OpSpec> specs = new ArrayList<>();
    for (UnaryOp op : UnaryOp.values()) {
      specs.add(unary(op));
    }
    for (BinaryOp op : BinaryOp.values()) {
      specs.add(op.isLogical() ? logical(op) : binary(op));
      specs.add(op.isLogical() ? logicalWithNumber(op) : withNumber(op));
    }
    for (CompareOp op : CompareOp.values()) {
      specs.add(compare(op));
    }
    specs.add(where());
    specs.add(clip());
    specs.add(predicates());
    return specs;
  }

  private static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private static OpSpec unary(UnaryOp op) {
    OpCall call = map(x -> Elementwise.unary(op, x));
    double low = op.low();
    double high = op.high();
    OpSpec spec =
        OpSpec.named(name(op))
            .on(op.takesIntegers() ? NUMBERS : FLOATS)
            .tolerance(Tolerance.TIGHT)
            .sample("one number", call, in(low, high))
            .sample("one element", call, in(low, high, 1))
            .sample("nothing", call, in(low, high, 0, 3))
            .sample("a row", call, in(low, high, 7))
            .sample("a block", call, in(low, high, 3, 1, 4))
            .edge("many", call, in(low, high, 37, 29))
            .edge("special", call, Operand.of(0, -0.0, INF, -INF, NAN, 1, -1, 0.5, 2.5));
    if (op == UnaryOp.ABS || op == UnaryOp.SIGN || op == UnaryOp.RELU) {
      spec.sample("negative", call, in(-high, -low, 2, 3));
    }
    if (!op.takesIntegers()) {
      spec.edge("of integers", call, Operand.of(1, 2, 3).as(DType.INT32));
    }
    return op.isDifferentiable() ? spec : spec.notDifferentiable();
  }

  private static OpSpec binary(BinaryOp op) {
    OpCall call = one(t -> Elementwise.binary(op, t[0], t[1]));
    double low = op.low();
    double high = op.high();
    OpSpec spec =
        OpSpec.named(name(op))
            .on(op.takesIntegers() ? NUMBERS : FLOATS)
            .sample("two numbers", call, in(low, high), in(low, high))
            .sample("one shape", call, in(low, high, 2, 3), in(low, high, 2, 3))
            .sample("one element", call, in(low, high, 1), in(low, high, 1, 1))
            .sample("a row to all", call, in(low, high, 2, 3), in(low, high, 3))
            .sample("a number to all", call, in(low, high), in(low, high, 2, 2))
            .sample("outer", call, in(low, high, 3, 1), in(low, high, 1, 2))
            .sample("nothing", call, in(low, high, 0, 3), in(low, high, 3))
            .edge("many", call, in(low, high, 31, 33), in(low, high, 33))
            .edge(
                "special",
                call,
                Operand.of(0, -0.0, INF, -INF, NAN, 1, -1).shaped(7, 1),
                Operand.of(0, -0.0, INF, -INF, NAN, 1, -1))
            .edge("equal", call, repeated(4, 1), repeated(1, 5))
            .edge("int32 with float32", call, in(low, high, 3).as(DType.INT32), in(low, high, 3))
            .edge("bool with int64", call, Operand.flags(4), in(1, 3, 4).as(DType.INT64))
            .edge("booleans", call, Operand.flags(4), Operand.flags(4))
            .error(
                "shapes that do not broadcast",
                call,
                List.of(number(2, 3), number(2)),
                name(op),
                "[2, 3]",
                "[2]");
    return op.isDifferentiable() ? spec : spec.notDifferentiable();
  }

  private static OpSpec withNumber(BinaryOp op) {
    double low = op.low();
    double high = op.high();
    OpSpec spec =
        OpSpec.named(name(op) + " with a number").on(op.takesIntegers() ? NUMBERS : FLOATS);
    for (double value : new double[] {2, 1.5, 1}) {
      OpCall right = map(x -> Elementwise.binary(op, x, value));
      OpCall left = map(x -> Elementwise.binary(op, value, x));
      spec.sample("x, " + value, right, in(low, high, 2, 3))
          .sample(value + ", x", left, in(low, high, 2, 3))
          .sample("0-d, " + value, right, in(low, high))
          .sample(value + ", nothing", left, in(low, high, 2, 0))
          .edge("special, " + value, right, Operand.of(0, -0.0, INF, -INF, NAN, 1, -1))
          .edge(value + ", special", left, Operand.of(0, -0.0, INF, -INF, NAN, 1, -1));
    }
    spec.edge("zero to the right", map(x -> Elementwise.binary(op, x, 0)), repeated(5));
    spec.edge("booleans", map(x -> Elementwise.binary(op, x, 2)), Operand.flags(3));
    return op.isDifferentiable() ? spec : spec.notDifferentiable();
  }

  private static OpSpec logical(BinaryOp op) {
    OpCall call = one(t -> Elementwise.binary(op, t[0], t[1]));
    return OpSpec.named(name(op))
        .on(DType.BOOL)
        .notDifferentiable()
        .sample("numbers", call, number(), number())
        .sample("one shape", call, number(3, 4), number(3, 4))
        .sample("broadcast", call, number(3, 1), number(4))
        .sample("nothing", call, number(0), number(1))
        .error(
            "floats", call, List.of(in(0, 1, 2), in(0, 1, 2).as(DType.FLOAT32)), "takes booleans");
  }

  private static OpSpec logicalWithNumber(BinaryOp op) {
    return OpSpec.named(name(op) + " with a number")
        .on(DType.BOOL)
        .notDifferentiable()
        .sample("true", map(x -> Elementwise.binary(op, x, 1)), number(5))
        .sample("false", map(x -> Elementwise.binary(op, x, 0)), number(5))
        .sample("true first", map(x -> Elementwise.binary(op, 1, x)), number(2, 2));
  }

  private static OpSpec compare(CompareOp op) {
    OpCall call = one(t -> Elementwise.compare(op, t[0], t[1]));
    return OpSpec.named(name(op))
        .on(NUMBERS)
        .notDifferentiable()
        .sample("numbers", call, repeated(), repeated())
        .sample("broadcast", call, repeated(4, 1), repeated(5))
        .sample("nothing", call, repeated(0, 2), repeated(2))
        .sample(
            "special",
            call,
            Operand.of(0, -0.0, INF, -INF, NAN, 1).shaped(6, 1),
            Operand.of(0, -0.0, INF, -INF, NAN, 1))
        .sample("booleans", call, Operand.flags(4, 1), Operand.flags(4))
        .sample("int64 beyond 2^53", one(t -> Elementwise.compare(op, t[0].add(1), t[0])), large())
        .sample("with 1", map(x -> Elementwise.compare(op, x, 1)), repeated(6))
        .sample("with 0.5", map(x -> Elementwise.compare(op, x, 0.5)), repeated(6))
        .error(
            "shapes that do not broadcast",
            call,
            List.of(number(4), number(3)),
            name(op),
            "[4]",
            "[3]");
  }

  /** Neighbours that float64 cannot tell apart. */
  private static Operand large() {
    return Operand.of(9007199254740992.0, -9007199254740992.0, 1e18).as(DType.INT64);
  }

  private static OpSpec where() {
    OpCall call = one(t -> Elementwise.where(t[0], t[1], t[2]));
    return OpSpec.named("where")
        .on(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.BOOL)
        .sample("numbers", call, Operand.flags(), number(), number())
        .sample("one shape", call, Operand.flags(2, 3), number(2, 3), number(2, 3))
        .sample("all broadcast", call, Operand.flags(2, 1), number(3), number(2, 1, 1))
        .sample("nothing", call, Operand.flags(0), number(0), number(1))
        .sample(
            "a number else",
            one(t -> Elementwise.where(t[0], t[1], 1)),
            Operand.flags(4),
            number(4))
        .sample(
            "a number if", one(t -> Elementwise.where(t[0], 1, t[1])), Operand.flags(4), number(4))
        .edge(
            "NaN stays out", call, Operand.flags(6), Operand.of(NAN, INF, NAN, 1, 2, 3), number(6))
        .error(
            "a condition of numbers",
            call,
            List.of(number(2).as(DType.INT32), number(2), number(2)),
            "where",
            "boolean condition",
            "int32");
  }

  private static OpSpec clip() {
    OpCall call = map(x -> Elementwise.clip(x, -1, 1));
    return OpSpec.named("clip")
        .on(NUMBERS)
        .sample("block", call, number(3, 4))
        .sample("nothing", call, number(0))
        .edge("special", call, Operand.of(1, -1, INF, -INF, NAN, 0));
  }

  private static OpSpec predicates() {
    return OpSpec.named("predicates")
        .notDifferentiable()
        .sample("is_finite", map(Elementwise::isFinite), Operand.of(1, INF, -INF, NAN, 0))
        .sample("not", map(Elementwise::not), Operand.flags(5));
  }
}
