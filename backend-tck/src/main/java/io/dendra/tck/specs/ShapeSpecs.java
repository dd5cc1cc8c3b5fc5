package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.number;

import io.dendra.ops.ShapeOps;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.List;

/** Ops that move or repeat elements; they work for every type, 16-bit floats too. */
public final class ShapeSpecs {
  private static final DType[] NUMBERS = {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64};

  private ShapeSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(
        reshape(),
        permute(),
        slice(),
        split(),
        dimensions(),
        broadcast(),
        concatenate(),
        pad(),
        repeat());
  }

  private static OpSpec reshape() {
    return OpSpec.named("reshape")
        .on(DType.values())
        .sample("flat", map(x -> x.reshape(-1)), number(2, 3))
        .sample("split", map(x -> x.reshape(2, -1, 2)), number(3, 4))
        .sample("0-d to one", map(x -> x.reshape(1, 1)), number())
        .sample("one to 0-d", map(x -> ShapeOps.reshape(x, Shape.scalar())), number(1, 1))
        .sample("nothing", map(x -> x.reshape(3, 0, 2)), number(0, 5))
        .sample("of a transposed", map(x -> x.transpose().reshape(6)), number(2, 3))
        .sample("contiguous", map(x -> x.transpose().contiguous()), number(2, 3))
        .error(
            "another size",
            map(x -> x.reshape(4, 2)),
            List.of(number(2, 3)),
            "reshape",
            "[4, 2]",
            "6")
        .error(
            "no such length",
            map(x -> x.reshape(4, -1)),
            List.of(number(2, 3)),
            "reshape",
            "no multiple of 4")
        .error("two open", map(x -> x.reshape(-1, -1)), List.of(number(2)), "only one -1");
  }

  private static OpSpec permute() {
    return OpSpec.named("permute")
        .on(DType.values())
        .sample("three", map(x -> x.permute(2, 0, 1)), number(2, 3, 4))
        .sample("none", map(x -> x.permute()), number())
        .sample("transpose", map(Tensor::transpose), number(2, 3))
        .sample("first and last", map(x -> ShapeOps.transpose(x, 0, -1)), number(2, 1, 3))
        .sample("nothing", map(x -> x.permute(1, 0)), number(0, 2))
        .error(
            "an axis twice", map(x -> x.permute(0, 0)), List.of(number(2, 3)), "permute", "[0, 0]")
        .error(
            "no such axis",
            map(x -> ShapeOps.transpose(x, 0, 3)),
            List.of(number(2, 3)),
            "transpose",
            "3");
  }

  private static OpSpec slice() {
    return OpSpec.named("slice")
        .on(DType.values())
        .sample("middle", map(x -> x.slice(1, 1, 3)), number(2, 4))
        .sample("from the end", map(x -> x.slice(-1, -3, -1)), number(2, 4))
        .sample("every second", map(x -> ShapeOps.slice(x, 0, 1, 6, 2)), number(6, 2))
        .sample("every third", map(x -> ShapeOps.slice(x, 0, 0, 5, 3)), number(5))
        .sample("nothing", map(x -> x.slice(0, 2, 2)), number(3, 2))
        .sample("at the end", map(x -> x.slice(0, 3, 3)), number(3, 2))
        .sample("twice", map(x -> x.slice(0, 1, 4).slice(1, 0, 1)), number(4, 2))
        .sample("select", map(x -> x.select(1, -1)), number(2, 3))
        .error(
            "beyond", map(x -> x.slice(0, 1, 5)), List.of(number(4)), "slice", "from 1 to 5", "4")
        .error(
            "backwards",
            map(x -> ShapeOps.slice(x, 0, 0, 4, -1)),
            List.of(number(4)),
            "step has to be positive");
  }

  private static OpSpec split() {
    return OpSpec.named("split")
        .on(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.BOOL)
        .sample(
            "three parts",
            in -> ShapeOps.split(in[0], 1, 1, 3, 2).toArray(new Tensor[0]),
            number(2, 6))
        .sample(
            "an empty part",
            in -> ShapeOps.split(in[0], 0, 2, 0).toArray(new Tensor[0]),
            number(2, 2))
        .error(
            "parts that do not add up",
            in -> ShapeOps.split(in[0], 0, 1, 2).toArray(new Tensor[0]),
            List.of(number(4)),
            "split",
            "do not add up to 4");
  }

  private static OpSpec dimensions() {
    return OpSpec.named("expand_dims, squeeze")
        .on(DType.FLOAT32, DType.FLOAT64, DType.INT64)
        .sample("first", map(x -> x.expandDims(0)), number(2, 3))
        .sample("last", map(x -> x.expandDims(-1)), number(2, 3))
        .sample("0-d", map(x -> x.expandDims(0)), number())
        .sample("away", map(x -> x.squeeze(1)), number(2, 1, 3))
        .error("too long", map(x -> x.squeeze(0)), List.of(number(2, 1)), "squeeze", "not 1")
        .error("no place", map(x -> x.expandDims(4)), List.of(number(2)), "expand_dims", "4");
  }

  private static OpSpec broadcast() {
    return OpSpec.named("broadcast_to, sum_to")
        .on(NUMBERS)
        .tolerance(Tolerance.SUMS)
        .sample("new dimensions", map(x -> x.broadcastTo(Shape.of(2, 3, 2))), number(2))
        .sample("long ones", map(x -> x.broadcastTo(Shape.of(2, 3))), number(2, 1))
        .sample("a number", map(x -> x.broadcastTo(Shape.of(2, 2))), number())
        .sample("to nothing", map(x -> x.broadcastTo(Shape.of(0, 3))), number(1, 3))
        .sample("sum to a row", map(x -> ShapeOps.sumTo(x, Shape.of(3))), number(2, 3))
        .sample("sum to a number", map(x -> ShapeOps.sumTo(x, Shape.scalar())), number(2, 3))
        .sample("sum to a column", map(x -> ShapeOps.sumTo(x, Shape.of(2, 1))), number(4, 2, 3))
        .sample("sum of nothing", map(x -> ShapeOps.sumTo(x, Shape.of(1, 2))), number(0, 2))
        .error(
            "does not fit",
            map(x -> x.broadcastTo(Shape.of(2, 2))),
            List.of(number(3)),
            "broadcast_to",
            "[3]");
  }

  private static OpSpec concatenate() {
    OpCall first = one(t -> ShapeOps.concatenate(0, t));
    OpCall last = one(t -> ShapeOps.concatenate(-1, t));
    return OpSpec.named("concatenate, stack")
        .on(DType.values())
        .sample("rows", first, number(2, 3), number(1, 3))
        .sample("columns", last, number(2, 1), number(2, 3), number(2, 2))
        .sample("with nothing", first, number(0, 2), number(3, 2), number(0, 2))
        .sample("one part", last, number(2, 2))
        .sample("stack", one(t -> ShapeOps.stack(1, t)), number(2, 3), number(2, 3))
        .sample("stack last", one(t -> ShapeOps.stack(-1, t)), number(2), number(2), number(2))
        .sample("stack numbers", one(t -> ShapeOps.stack(0, t)), number(), number())
        .error(
            "other dimensions", first, List.of(number(2, 3), number(2, 4)), "concatenate", "axis 0")
        .error(
            "types",
            first,
            List.of(number(2), number(2).as(DType.INT32)),
            "concatenate",
            "types",
            "int32");
  }

  private static OpSpec pad() {
    return OpSpec.named("pad")
        .on(DType.values())
        .sample("both sides", map(x -> ShapeOps.pad(x, 0, 1, 2)), number(2, 3))
        .sample("one side", map(x -> ShapeOps.pad(x, -1, 0, 1)), number(2, 3))
        .sample("nothing", map(x -> ShapeOps.pad(x, 0, 1, 1)), number(0, 2))
        .error("negative", map(x -> ShapeOps.pad(x, 0, -1, 0)), List.of(number(2)), "pad", "slice");
  }

  private static OpSpec repeat() {
    return OpSpec.named("repeat, flip")
        .on(NUMBERS)
        .sample("repeat", map(x -> ShapeOps.repeat(x, 0, 3)), number(2, 2))
        .sample("repeat columns", map(x -> ShapeOps.repeat(x, 1, 2)), number(2, 3))
        .sample("flip", map(x -> ShapeOps.flip(x, 0)), number(3, 2))
        .sample("flip last", map(x -> ShapeOps.flip(x, -1)), number(2, 3))
        .sample("zeros", map(ShapeOps::zerosLike), number(2).as(DType.INT32))
        .sample("ones", map(ShapeOps::onesLike), number(2).as(DType.FLOAT32));
  }
}
