package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.number;

import io.dendra.backend.ConvSpec;
import io.dendra.ops.Convolution;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Convolution over 1 to 3 dimensions and its adjoints, over one table of geometries. */
public final class ConvolutionSpecs {
  /**
   * A geometry.
   *
   * @param label what is special about it
   * @param spec strides, padding, dilation, groups
   * @param x the shape of the input
   * @param w the shape of the filter
   */
  public record Geometry(String label, ConvSpec spec, Shape x, Shape w) {
    /** The shape of the output. */
    public Shape y() {
      return spec.outputShape(x, w);
    }
  }

  private ConvolutionSpecs() {}

  private static ConvSpec spec(int[] strides, int[] low, int[] high, int[] dilation, int groups) {
    return new ConvSpec(strides, low, high, dilation, groups);
  }

  private static int[] ints(int... values) {
    return values;
  }

  /** The geometries. */
  public static List<Geometry> geometries() {
    int[] none = {0, 0};
    int[] ones = {1, 1};
    List<Geometry> all = new ArrayList<>();
    all.add(new Geometry("1-D", ConvSpec.unit(1), Shape.of(2, 2, 5), Shape.of(3, 2, 3)));
    all.add(
        new Geometry(
            "1-D, all at once",
            spec(ints(2), ints(2), ints(1), ints(2), 2),
            Shape.of(1, 4, 7),
            Shape.of(2, 2, 3)));
    all.add(new Geometry("2-D", ConvSpec.unit(2), Shape.of(2, 2, 4, 4), Shape.of(2, 2, 3, 2)));
    all.add(new Geometry("1 by 1", ConvSpec.unit(2), Shape.of(2, 3, 2, 2), Shape.of(2, 3, 1, 1)));
    all.add(
        new Geometry(
            "1 by 1, stride",
            spec(ints(2, 2), none, none, ones, 1),
            Shape.of(1, 2, 3, 4),
            Shape.of(2, 2, 1, 1)));
    all.add(
        new Geometry(
            "stride",
            spec(ints(2, 3), none, none, ones, 1),
            Shape.of(1, 2, 5, 6),
            Shape.of(2, 2, 2, 2)));
    all.add(
        new Geometry(
            "same padding",
            spec(ones, ones, ones, ones, 1),
            Shape.of(1, 2, 4, 3),
            Shape.of(2, 2, 3, 3)));
    all.add(
        new Geometry(
            "uneven padding",
            spec(ints(2, 1), ints(1, 0), ints(0, 2), ones, 1),
            Shape.of(1, 1, 4, 4),
            Shape.of(2, 1, 3, 2)));
    all.add(
        new Geometry(
            "padding beyond the kernel",
            spec(ones, ints(3, 2), ints(2, 3), ones, 1),
            Shape.of(1, 1, 2, 2),
            Shape.of(1, 1, 2, 2)));
    all.add(
        new Geometry(
            "dilation",
            spec(ones, none, none, ints(2, 3), 1),
            Shape.of(1, 2, 5, 5),
            Shape.of(2, 2, 2, 2)));
    all.add(
        new Geometry(
            "groups", spec(ones, none, none, ones, 2), Shape.of(2, 4, 3, 3), Shape.of(4, 2, 2, 2)));
    all.add(
        new Geometry(
            "one filter per channel",
            spec(ones, ones, ones, ones, 3),
            Shape.of(1, 3, 3, 3),
            Shape.of(3, 1, 3, 3)));
    all.add(
        new Geometry(
            "two filters per channel",
            spec(ints(2, 2), none, ones, ones, 2),
            Shape.of(1, 2, 3, 3),
            Shape.of(4, 1, 2, 2)));
    all.add(
        new Geometry(
            "the last places are not reached",
            spec(ints(3, 3), none, none, ones, 1),
            Shape.of(1, 1, 6, 5),
            Shape.of(1, 1, 2, 2)));
    all.add(
        new Geometry(
            "3-D",
            spec(ints(1, 2, 1), ints(1, 0, 0), ints(0, 0, 1), ints(1, 1, 2), 1),
            Shape.of(1, 2, 2, 3, 4),
            Shape.of(2, 2, 2, 2, 2)));
    all.add(new Geometry("no batch", ConvSpec.unit(2), Shape.of(0, 2, 3, 3), Shape.of(2, 2, 2, 2)));
    return all;
  }

  private static final List<Geometry> LARGE =
      List.of(
          new Geometry(
              "many",
              spec(ints(1, 1), ints(1, 1), ints(1, 1), ints(1, 1), 1),
              Shape.of(3, 17, 14, 13),
              Shape.of(19, 17, 3, 3)),
          new Geometry(
              "many, grouped",
              spec(ints(2, 2), ints(1, 1), ints(0, 0), ints(1, 1), 4),
              Shape.of(2, 32, 11, 11),
              Shape.of(16, 8, 3, 3)));

  /** The specs. */
  public static List<OpSpec> all() {
    return List.of(conv(), inputGrad(), filterGrad());
  }

  private static OpSpec conv() {
    OpSpec spec = OpSpec.named("conv").tolerance(Tolerance.SUMS);
    for (Geometry g : geometries()) {
      spec.sample(g.label(), conv(g), number(g.x().dims()), number(g.w().dims()));
    }
    for (Geometry g : LARGE) {
      spec.edge(g.label(), conv(g), number(g.x().dims()), number(g.w().dims()));
    }
    OpCall unit = one(t -> Convolution.conv(t[0], t[1], ConvSpec.unit(2)));
    return spec.error(
            "channels",
            unit,
            List.of(number(1, 3, 4, 4), number(2, 2, 2, 2)),
            "conv",
            "3 channels",
            "takes 2")
        .error(
            "a kernel that does not fit",
            unit,
            List.of(number(1, 1, 2, 4), number(1, 1, 3, 3)),
            "conv",
            "does not fit in a dimension of 2")
        .error(
            "rank",
            unit,
            List.of(number(1, 3, 4), number(2, 3, 2)),
            "conv",
            "2-D convolution takes")
        .error(
            "integers",
            unit,
            List.of(number(1, 1, 2, 2).as(DType.INT32), number(1, 1, 2, 2).as(DType.INT32)),
            "conv",
            "floats of one type");
  }

  /** The call of a geometry. */
  public static OpCall conv(Geometry g) {
    return one(t -> Convolution.conv(t[0], t[1], g.spec()));
  }

  private static OpSpec inputGrad() {
    OpSpec spec = OpSpec.named("conv_input_grad").tolerance(Tolerance.SUMS);
    for (Geometry g : geometries()) {
      spec.sample(g.label(), inputGrad(g), number(g.y().dims()), number(g.w().dims()));
    }
    for (Geometry g : LARGE) {
      spec.edge(g.label(), inputGrad(g), number(g.y().dims()), number(g.w().dims()));
    }
    Geometry first = geometries().get(2);
    return spec.error(
        "the gradient's shape",
        inputGrad(first),
        List.of(number(2, 2, 4, 4), number(first.w().dims())),
        "conv_input_grad",
        "the gradient has to be");
  }

  /** The adjoint by the input. */
  public static OpCall inputGrad(Geometry g) {
    return one(t -> Convolution.convInputGrad(t[0], t[1], g.spec(), g.x()));
  }

  private static OpSpec filterGrad() {
    OpSpec spec = OpSpec.named("conv_filter_grad").tolerance(Tolerance.SUMS.times(4));
    for (Geometry g : geometries()) {
      spec.sample(g.label(), filterGrad(g), number(g.x().dims()), number(g.y().dims()));
    }
    for (Geometry g : LARGE) {
      spec.edge(g.label(), filterGrad(g), number(g.x().dims()), number(g.y().dims()));
    }
    Geometry first = geometries().get(2);
    return spec.error(
        "the gradient's shape",
        filterGrad(first),
        List.of(Operand.number(first.x().dims()), number(2, 2, 4, 4)),
        "conv_filter_grad",
        "the gradient has to be");
  }

  /** The adjoint by the filter. */
  public static OpCall filterGrad(Geometry g) {
    return one(t -> Convolution.convFilterGrad(t[0], t[1], g.spec(), Layout.contiguous(g.w())));
  }
}
