package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.Operand.distinct;
import static io.dendra.tck.Operand.number;
import static io.dendra.tck.Operand.repeated;

import io.dendra.backend.PoolSpec;
import io.dendra.ops.Pooling;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The greatest and the mean of sliding windows. */
public final class PoolingSpecs {
  /**
   * A geometry.
   *
   * @param label what is special about it
   * @param spec window, strides, padding
   * @param x the shape of the input
   */
  public record Geometry(String label, PoolSpec spec, Shape x) {}

  private PoolingSpecs() {}

  private static Geometry geometry(
      String label, int[] window, int[] strides, int[] low, int[] high, long... x) {
    return new Geometry(label, new PoolSpec(window, strides, low, high), Shape.of(x));
  }

  private static int[] ints(int... values) {
    return values;
  }

  /** The geometries. */
  public static List<Geometry> geometries() {
    int[] none = {0, 0};
    int[] twos = {2, 2};
    List<Geometry> all = new ArrayList<>();
    all.add(geometry("1-D", ints(3), ints(2), ints(0), ints(0), 2, 2, 7));
    all.add(geometry("2 by 2", twos, twos, none, none, 2, 2, 4, 4));
    all.add(geometry("the last places are not reached", twos, twos, none, none, 1, 2, 5, 3));
    all.add(geometry("overlapping", ints(3, 2), ints(1, 1), none, none, 1, 2, 4, 3));
    all.add(geometry("padding", ints(3, 3), twos, ints(1, 1), ints(1, 1), 1, 2, 4, 5));
    all.add(geometry("uneven padding", ints(3, 2), twos, ints(0, 1), ints(2, 0), 1, 1, 4, 4));
    all.add(geometry("gaps", ints(1, 2), ints(3, 3), none, none, 1, 2, 5, 6));
    all.add(geometry("the whole", ints(3, 3), ints(3, 3), none, none, 2, 3, 3, 3));
    all.add(
        geometry("3-D", ints(2, 1, 2), ints(1, 1, 2), ints(1, 0, 0), ints(0, 0, 1), 1, 2, 2, 2, 3));
    all.add(geometry("no batch", twos, twos, none, none, 0, 2, 4, 4));
    return all;
  }

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(max(), average());
  }

  private static OpSpec max() {
    OpSpec spec = OpSpec.named("max_pool");
    for (Geometry g : geometries()) {
      spec.sample(g.label(), map(x -> Pooling.maxPool(x, g.spec())), distinct(g.x().dims()));
    }
    PoolSpec twos = geometries().get(1).spec();
    return spec.edge("ties", map(x -> Pooling.maxPool(x, twos)), repeated(1, 2, 4, 6))
        .edge(
            "NaN and infinite",
            map(x -> Pooling.maxPool(x, twos)),
            Operand.of(1, Double.NaN, Double.NEGATIVE_INFINITY, 2).shaped(1, 1, 2, 2))
        .edge("many", map(x -> Pooling.maxPool(x, twos)), distinct(3, 16, 20, 19))
        .error(
            "a window that does not fit",
            map(x -> Pooling.maxPool(x, twos)),
            List.of(number(1, 1, 1, 3)),
            "max_pool",
            "does not fit")
        .error(
            "rank", map(x -> Pooling.maxPool(x, twos)), List.of(number(2, 4, 4)), "max_pool", "2-D")
        .error(
            "integers",
            map(x -> Pooling.maxPool(x, twos)),
            List.of(number(1, 1, 2, 2).as(DType.INT32)),
            "max_pool",
            "takes floats");
  }

  private static OpSpec average() {
    OpSpec spec = OpSpec.named("avg_pool").tolerance(Tolerance.SUMS);
    for (Geometry g : geometries()) {
      spec.sample(g.label(), map(x -> Pooling.avgPool(x, g.spec())), number(g.x().dims()));
    }
    PoolSpec twos = geometries().get(1).spec();
    return spec.edge("many", map(x -> Pooling.avgPool(x, twos)), number(3, 16, 20, 19))
        .error(
            "a window that does not fit",
            map(x -> Pooling.avgPool(x, twos)),
            List.of(number(1, 1, 1, 3)),
            "avg_pool",
            "does not fit");
  }
}
