package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.index;
import static io.dendra.tck.Operand.number;

import io.dendra.ops.Indexing;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import java.util.List;

/** Ops that read and write at places given as numbers. */
public final class IndexingSpecs {
  private static final DType[] NUMBERS = {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64};

  private IndexingSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(gather(), scatterAdd(), takeAlong(), putAlongAdd(), oneHot());
  }

  private static OpCall gather(int axis) {
    return one(t -> Indexing.gather(t[0], t[1], axis));
  }

  private static OpSpec gather() {
    return OpSpec.named("gather")
        .on(DType.values())
        .sample("rows", gather(0), number(5, 2), index(5, 4))
        .sample("columns", gather(-1), number(2, 5), index(5, 3))
        .sample("middle by a matrix", gather(1), number(2, 4, 2), index(4, 2, 3))
        .sample("one place", gather(0), number(3, 2), index(3))
        .sample("no places", gather(0), number(3, 2), index(3, 0))
        .sample("of empty rows", gather(0), number(3, 0), index(3, 2))
        .sample("int32 places", gather(0), number(4), index(4, 6).as(DType.INT32))
        .error("beyond", gather(0), List.of(number(3), places(0, 3)), "gather", "out of range", "3")
        .error(
            "negative", gather(0), List.of(number(3), places(-1)), "gather", "out of range", "-1")
        .error(
            "float places",
            gather(0),
            List.of(number(3), number(2)),
            "gather",
            "int32 or int64",
            "float")
        .error("no such axis", gather(2), List.of(number(3, 2), index(3, 1)), "gather", "2");
  }

  private static Operand places(double... values) {
    return Operand.of(values).as(DType.INT64);
  }

  private static OpCall scatterAdd(int axis, int length) {
    return one(t -> Indexing.scatterAdd(t[1], t[0], axis, length));
  }

  private static OpSpec scatterAdd() {
    return OpSpec.named("scatter_add")
        .on(NUMBERS)
        .tolerance(Tolerance.SUMS)
        .sample("rows, some twice", scatterAdd(0, 3), number(5, 2), index(3, 5))
        .sample("columns", scatterAdd(1, 4), number(2, 3), index(4, 3))
        .sample("middle by a matrix", scatterAdd(1, 3), number(2, 2, 2, 2), index(3, 2, 2))
        .sample("one place", scatterAdd(0, 3), number(2), index(3))
        .sample("no updates", scatterAdd(0, 3), number(0, 2), index(3, 0))
        .edge("many", scatterAdd(0, 7), number(400, 5), index(7, 400))
        .error(
            "beyond",
            scatterAdd(0, 3),
            List.of(number(2), places(0, 5)),
            "scatter_add",
            "out of range",
            "5")
        .error(
            "shapes",
            scatterAdd(0, 3),
            List.of(number(2), index(3, 4)),
            "scatter_add",
            "shape of the indices");
  }

  private static OpCall takeAlong(int axis) {
    return one(t -> Indexing.takeAlong(t[0], t[1], axis));
  }

  private static OpSpec takeAlong() {
    return OpSpec.named("take_along")
        .on(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.BOOL)
        .sample("last", takeAlong(-1), number(3, 4), index(4, 3, 2))
        .sample("first", takeAlong(0), number(3, 2), index(3, 5, 2))
        .sample("middle", takeAlong(1), number(2, 3, 2), index(3, 2, 1, 2))
        .sample("nothing", takeAlong(0), number(3, 2), index(3, 0, 2))
        .error(
            "beyond",
            takeAlong(0),
            List.of(number(3), places(3)),
            "take_along",
            "out of range",
            "3")
        .error(
            "shapes", takeAlong(1), List.of(number(3, 2), index(2, 2, 2)), "take_along", "axis 1");
  }

  private static OpCall putAlongAdd(int axis, int length) {
    return one(t -> Indexing.putAlongAdd(t[1], t[0], axis, length));
  }

  private static OpSpec putAlongAdd() {
    return OpSpec.named("put_along_add")
        .on(NUMBERS)
        .tolerance(Tolerance.SUMS)
        .sample("last, some twice", putAlongAdd(-1, 3), number(2, 5), index(3, 2, 5))
        .sample("first", putAlongAdd(0, 4), number(3, 2), index(4, 3, 2))
        .sample("middle", putAlongAdd(1, 4), number(2, 3, 2), index(4, 2, 3, 2))
        .sample("nothing", putAlongAdd(0, 4), number(0, 2), index(4, 0, 2))
        .edge("many", putAlongAdd(1, 7), number(5, 300), index(7, 5, 300))
        .error(
            "beyond",
            putAlongAdd(0, 3),
            List.of(number(1), places(-2)),
            "put_along_add",
            "out of range",
            "-2")
        .error(
            "shapes",
            putAlongAdd(0, 3),
            List.of(number(2), index(3, 3)),
            "put_along_add",
            "one shape");
  }

  private static OpSpec oneHot() {
    return OpSpec.named("one_hot")
        .on(DType.INT64, DType.INT32)
        .notDifferentiable()
        .sample("row", map(x -> Indexing.oneHot(x, 4, DType.FLOAT32)), Operand.of(0, 3, 1, 7, -1))
        .sample("matrix", map(x -> Indexing.oneHot(x, 3, DType.INT32)), Operand.in(0, 3, 2, 2))
        .sample("nothing", map(x -> Indexing.oneHot(x, 3, DType.BOOL)), number(0));
  }
}
