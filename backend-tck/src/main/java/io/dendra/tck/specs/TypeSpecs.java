package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;

import io.dendra.ops.Elementwise;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Conversions between all types. */
public final class TypeSpecs {
  private TypeSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    List<OpSpec> specs = new ArrayList<>();
    for (DType to : DType.values()) {
      OpSpec spec = OpSpec.named("cast to " + to.label()).on(DType.values()).notDifferentiable();
      specs.add(
          spec.sample("numbers", map(x -> Elementwise.cast(x, to)), Operand.number(3, 4))
              .sample("one number", map(x -> Elementwise.cast(x, to)), Operand.in(1, 100))
              .sample("nothing", map(x -> Elementwise.cast(x, to)), Operand.number(0, 2))
              .sample("edges", map(x -> Elementwise.cast(x, to)), edges()));
    }
    specs.add(
        OpSpec.named("cast between floats")
            .edge(
                "there and back",
                map(x -> Elementwise.cast(Elementwise.cast(x, other(x.dtype())), x.dtype())),
                Operand.of(0.5, -1.25, 3, 1024)));
    return specs;
  }

  private static DType other(DType dtype) {
    return dtype == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
  }

  private static Operand edges() {
    return Operand.of(
        0,
        -0.0,
        0.5,
        -0.5,
        1.999,
        -2.7,
        3e9,
        -3e9,
        1e20,
        -1e20,
        65504,
        65520,
        70000,
        1e-8,
        6e-8,
        1e-40,
        1.0009765625,
        1.00048828125,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY);
  }
}
