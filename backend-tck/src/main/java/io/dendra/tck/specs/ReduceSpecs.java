package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.Operand.distinct;
import static io.dendra.tck.Operand.in;
import static io.dendra.tck.Operand.number;
import static io.dendra.tck.Operand.repeated;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.ReduceOp;
import io.dendra.ops.Reduce;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Functions that take all elements along some axes to one, and those along one axis. */
public final class ReduceSpecs {
  private static final DType[] NUMBERS = {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64};
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private ReduceSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    List<OpSpec> specs = new ArrayList<>();
    for (ReduceOp op : ReduceOp.values()) {
      specs.add(reduce(op));
    }
    for (ArgReduceOp op : ArgReduceOp.values()) {
      specs.add(places(op));
    }
    specs.add(moments());
    specs.add(logSumExp());
    specs.add(cumulativeSum());
    specs.add(topK());
    return specs;
  }

  private static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private static OpCall call(ReduceOp op, boolean keepDims, int... axes) {
    return map(x -> Reduce.reduce(op, x, axes, keepDims));
  }

  private static Operand operand(ReduceOp op, long... dims) {
    return switch (op) {
      case PROD -> in(0.5, 1.5, dims);
      case MAX, MIN -> distinct(dims);
      case SUM -> number(dims);
      case ANY, ALL -> Operand.flags(dims);
    };
  }

  private static OpSpec reduce(ReduceOp op) {
    OpSpec spec =
        OpSpec.named(name(op))
            .on(op.isLogical() ? new DType[] {DType.BOOL} : NUMBERS)
            .tolerance(Tolerance.SUMS)
            .sample("one number", call(op, false), operand(op))
            .sample("all", call(op, false), operand(op, 2, 3, 2))
            .sample("first", call(op, false, 0), operand(op, 3, 4))
            .sample("last", call(op, true, -1), operand(op, 3, 4))
            .sample("middle", call(op, false, 1), operand(op, 2, 3, 2))
            .sample("outer two", call(op, true, 0, 2), operand(op, 2, 3, 2))
            .sample("of length 1", call(op, false, 1), operand(op, 2, 1, 3))
            .sample("rows of nothing", call(op, false, 1), operand(op, 0, 3))
            .edge("many", call(op, false, 1), operand(op, 7, 300, 3))
            .edge("many rows", call(op, false, 0), operand(op, 500, 5))
            .edge("all of many", call(op, false), operand(op, 61, 67))
            .error("no such axis", call(op, false, 2), List.of(operand(op, 2, 3)), name(op), "2")
            .error(
                "an axis twice",
                call(op, false, 0, -2),
                List.of(operand(op, 2, 3)),
                name(op),
                "given twice");
    switch (op) {
      case SUM, PROD -> spec.sample("nothing", call(op, false, 0), operand(op, 0, 3));
      case ANY, ALL ->
          spec.sample("nothing", call(op, false, 0), operand(op, 0, 3))
              .error(
                  "numbers",
                  call(op, false),
                  List.of(number(2).as(DType.FLOAT32)),
                  name(op),
                  "takes booleans",
                  "float32");
      case MAX, MIN ->
          spec.edge("ties", call(op, false, 1), repeated(3, 6))
              .edge("NaN", call(op, false), Operand.of(1, NAN, 2))
              .edge("infinite", call(op, false), Operand.of(1, INF, -INF))
              .error(
                  "nothing",
                  call(op, false, 0),
                  List.of(number(0, 3)),
                  name(op),
                  "axis 0 has no elements");
    }
    if (op == ReduceOp.SUM) {
      spec.edge("booleans", call(op, false), Operand.flags(7));
    }
    if (op == ReduceOp.PROD) {
      spec.sample(
          "with zeros", call(op, false, 1), Operand.of(1, 0, 2, 0, 3, 0, 1, 2).shaped(2, 4));
    }
    return op.isLogical() ? spec.notDifferentiable() : spec;
  }

  private static OpSpec places(ArgReduceOp op) {
    boolean max = op == ArgReduceOp.ARGMAX;
    return OpSpec.named(name(op))
        .on(NUMBERS)
        .notDifferentiable()
        .sample("first", place(max, 0), distinct(3, 4))
        .sample("last", place(max, -1), distinct(2, 3, 4))
        .sample("ties", place(max, 1), repeated(4, 9))
        .sample("NaN", place(max, 0), Operand.of(1, NAN, 5, NAN, -2))
        .sample("rows of nothing", place(max, 1), number(0, 3))
        .sample("booleans", place(max, 0), Operand.flags(6))
        .sample("many", place(max, 1), distinct(9, 111))
        .error("nothing", place(max, 0), List.of(number(0, 3)), name(op), "axis 0 has no elements");
  }

  private static OpCall place(boolean max, int axis) {
    return map(x -> max ? Reduce.argMax(x, axis) : Reduce.argMin(x, axis));
  }

  private static OpSpec moments() {
    int[] all = {};
    return OpSpec.named("mean, variance, norm")
        .tolerance(Tolerance.SUMS)
        .sample("mean", map(x -> Reduce.mean(x, all, false)), number(3, 4))
        .sample("mean of axes", map(x -> Reduce.mean(x, new int[] {0, 2}, true)), number(2, 3, 2))
        .sample("variance", map(x -> Reduce.variance(x, new int[] {1}, false)), number(3, 4))
        .sample("norm", map(x -> Reduce.norm(x, new int[] {0}, true)), in(0.5, 2, 3, 2))
        .edge("mean of integers", map(x -> x.mean(0)), repeated(5, 2).as(DType.INT32));
  }

  private static OpSpec logSumExp() {
    OpCall last = map(x -> Reduce.logSumExp(x, new int[] {-1}, false));
    return OpSpec.named("log_sum_exp")
        .tolerance(Tolerance.SUMS)
        .sample("last", last, number(3, 4))
        .sample("all, kept", map(x -> Reduce.logSumExp(x, new int[] {0, 1}, true)), number(2, 3))
        .edge("large", last, Operand.of(1000, 1001, -1000))
        .edge("all barred", last, Operand.of(-INF, -INF));
  }

  private static OpSpec cumulativeSum() {
    OpSpec spec = OpSpec.named("cumulative_sum").on(NUMBERS).tolerance(Tolerance.SUMS);
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        String label = (exclusive ? "exclusive" : "inclusive") + (reverse ? " reverse" : "");
        spec.sample(
            label, map(x -> Reduce.cumulativeSum(x, 1, exclusive, reverse)), number(2, 5, 2));
      }
    }
    return spec.sample("first", map(x -> Reduce.cumulativeSum(x, 0)), number(6, 2))
        .sample("nothing", map(x -> Reduce.cumulativeSum(x, 0)), number(0, 2))
        .edge("booleans", map(x -> Reduce.cumulativeSum(x, 0)), Operand.flags(9));
  }

  private static OpCall topK(int axis, long k, boolean largest) {
    return in -> {
      Reduce.TopK result = Reduce.topK(in[0], axis, k, largest);
      return new Tensor[] {result.values(), result.indices()};
    };
  }

  private static OpSpec topK() {
    return OpSpec.named("top_k")
        .on(NUMBERS)
        .sample("greatest", topK(1, 2, true), distinct(3, 5))
        .sample("least of the first axis", topK(0, 3, false), distinct(4, 2))
        .sample("all", topK(-1, 4, true), distinct(2, 3, 4))
        .sample("none", topK(0, 0, true), distinct(4))
        .sample("sort", map(x -> Reduce.sort(x, 1)), distinct(2, 6))
        .edge("ties", topK(1, 5, true), repeated(3, 8))
        .edge("ties, least", topK(1, 5, false), repeated(3, 8))
        .edge("NaN", topK(0, 3, true), Operand.of(1, NAN, INF, 2, NAN))
        .edge("NaN, least", topK(0, 4, false), Operand.of(1, NAN, -INF, 2, NAN))
        .error("too many", topK(0, 5, true), List.of(number(4)), "top_k", "4", "5");
  }
}
