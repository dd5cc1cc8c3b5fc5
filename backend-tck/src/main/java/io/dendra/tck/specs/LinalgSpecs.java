package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.number;

import io.dendra.ops.Linalg;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import java.util.List;

/** Products of matrices. */
public final class LinalgSpecs {
  private LinalgSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(matmul(), eye());
  }

  private static OpSpec matmul() {
    OpCall call = one(t -> Linalg.matmul(t[0], t[1]));
    return OpSpec.named("matmul")
        .on(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64)
        .tolerance(Tolerance.SUMS)
        .sample("matrices", call, number(2, 3), number(3, 4))
        .sample("one by one", call, number(1, 1), number(1, 1))
        .sample(
            "transposed",
            one(t -> t[0].transpose().matmul(t[1].transpose())),
            number(3, 2),
            number(4, 3))
        .sample("by its own transpose", one(t -> t[0].matmul(t[0].transpose())), number(3, 2))
        .sample("vector by matrix", call, number(3), number(3, 2))
        .sample("matrix by vector", call, number(2, 3), number(3))
        .sample("vectors", call, number(4), number(4))
        .sample("batch", call, number(2, 2, 3), number(2, 3, 2))
        .sample("batch by matrix", call, number(2, 2, 3), number(3, 2))
        .sample("matrix by batch", call, number(2, 3), number(2, 3, 2))
        .sample("broadcast batches", call, number(2, 1, 2, 3), number(3, 3, 2))
        .sample("no rows", call, number(0, 3), number(3, 2))
        .sample("no columns", call, number(2, 3), number(3, 0))
        .sample("no terms", call, number(2, 0), number(0, 3))
        .sample("no batch", call, number(0, 2, 3), number(0, 3, 2))
        .edge("many", call, number(65, 130), number(130, 67))
        .edge("many batches", call, number(5, 17, 9), number(5, 9, 23))
        .edge("column by row", call, number(40, 1), number(1, 50))
        .edge("int32 by float32", call, number(2, 3).as(DType.INT32), number(3, 2))
        .error(
            "inner lengths",
            call,
            List.of(number(2, 3), number(4, 5)),
            "matmul",
            "[2, 3]",
            "[4, 5]",
            "has to equal",
            "4")
        .error("scalars", call, List.of(number(), number(2, 2)), "matmul", "use mul for scalars")
        .error(
            "batches",
            call,
            List.of(number(2, 2, 2), number(3, 2, 2)),
            "matmul",
            "leading dimensions")
        .error(
            "booleans",
            call,
            List.of(number(2, 2).as(DType.BOOL), number(2, 2).as(DType.BOOL)),
            "matmul",
            "cast to a number type");
  }

  private static OpSpec eye() {
    return OpSpec.named("eye")
        .on(DType.FLOAT32)
        .notDifferentiable()
        .sample("three", one(t -> Linalg.eye(3)), number())
        .sample("none", one(t -> Linalg.eye(0)), number());
  }
}
