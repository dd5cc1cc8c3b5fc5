package io.dendra.tck.specs;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;
import static io.dendra.tck.Operand.flags;
import static io.dendra.tck.Operand.in;
import static io.dendra.tck.Operand.index;
import static io.dendra.tck.Operand.number;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.ops.NN;
import io.dendra.ops.Recurrent;
import io.dendra.random.RandomKey;
import io.dendra.tck.OpCall;
import io.dendra.tck.OpSpec;
import io.dendra.tck.Operand;
import io.dendra.tck.Tolerance;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The compositions that networks are made of, each of them a fused op. */
public final class NetworkSpecs {
  private NetworkSpecs() {}

  /** The specs. */
  public static List<OpSpec> all() {
    List<OpSpec> specs = new ArrayList<>();
    for (Epilogue epilogue : Epilogue.values()) {
      specs.add(linear(epilogue));
      specs.add(convBias(epilogue));
    }
    specs.addAll(
        List.of(
            softmax(),
            logSoftmax(),
            crossEntropy(),
            layerNorm(),
            batchNorm(),
            batchNormRelu(),
            normalize(),
            dropout(),
            gelu(),
            lstm(),
            gru(),
            attention(),
            sumOfSquares()));
    return specs;
  }

  private static String name(String op, Epilogue epilogue) {
    return op + " with " + epilogue.name().toLowerCase(Locale.ROOT);
  }

  private static OpSpec linear(Epilogue epilogue) {
    OpCall call = one(t -> NN.linear(t[0], t[1], t[2], epilogue));
    return OpSpec.named(name("linear", epilogue))
        .tolerance(Tolerance.SUMS)
        .sample("rows", call, number(4, 3), number(3, 2), number(2))
        .sample("one row", call, number(3), number(3, 2), number(2))
        .sample("a sequence", call, number(2, 3, 2), number(2, 3), number(3))
        .sample("no rows", call, number(0, 3), number(3, 2), number(2))
        .edge("many", call, number(33, 70), number(70, 45), number(45))
        .error(
            "lengths",
            call,
            List.of(number(2, 4), number(3, 2), number(2)),
            "linear takes",
            "[2, 4]",
            "[3, 2]");
  }

  private static OpSpec convBias(Epilogue epilogue) {
    OpSpec spec = OpSpec.named(name("conv_bias", epilogue)).tolerance(Tolerance.SUMS);
    List<ConvolutionSpecs.Geometry> geometries = ConvolutionSpecs.geometries();
    for (int i : new int[] {0, 2, 6, 10, 14, 15}) {
      ConvolutionSpecs.Geometry g = geometries.get(i);
      spec.sample(
          g.label(),
          one(t -> NN.convBias(t[0], t[1], t[2], g.spec(), epilogue)),
          number(g.x().dims()),
          number(g.w().dims()),
          number(g.w().dim(0)));
    }
    OpCall unit = one(t -> NN.convBias(t[0], t[1], t[2], ConvSpec.unit(2), epilogue));
    return spec.edge("many", unit, number(2, 8, 12, 11), number(16, 8, 3, 3), number(16))
        .error(
            "channels",
            unit,
            List.of(number(1, 3, 4, 4), number(2, 2, 2, 2), number(2)),
            "conv",
            "3 channels");
  }

  private static OpSpec softmax() {
    OpCall last = map(x -> NN.softmax(x, -1));
    return OpSpec.named("softmax")
        .tolerance(Tolerance.SUMS)
        .sample("last", last, number(3, 4))
        .sample("first", map(x -> NN.softmax(x, 0)), number(3, 2))
        .sample("middle", map(x -> NN.softmax(x, 1)), number(2, 3, 2))
        .sample("one element", last, number(2, 1))
        .sample("no rows", last, number(0, 3))
        .edge("large", last, Operand.of(1000, 999, -1000))
        .edge("some barred", last, Operand.of(1, Double.NEGATIVE_INFINITY, 2))
        .edge("many", last, number(40, 130))
        .error("no such axis", map(x -> NN.softmax(x, 2)), List.of(number(2, 2)), "softmax", "2");
  }

  private static OpSpec logSoftmax() {
    OpCall last = map(x -> NN.logSoftmax(x, -1));
    return OpSpec.named("log_softmax")
        .tolerance(Tolerance.SUMS)
        .sample("last", last, number(3, 4))
        .sample("first", map(x -> NN.logSoftmax(x, 0)), number(3, 2))
        .sample("middle", map(x -> NN.logSoftmax(x, 1)), number(2, 3, 2))
        .sample("no rows", last, number(0, 3))
        .edge("large", last, Operand.of(1000, 999, -1000))
        .edge("many", last, number(40, 130));
  }

  private static OpSpec crossEntropy() {
    OpCall call = one(t -> NN.softmaxCrossEntropy(t[0], t[1]));
    return OpSpec.named("softmax_cross_entropy")
        .tolerance(Tolerance.SUMS)
        .sample("rows", call, number(4, 3), index(3, 4))
        .sample("int32 labels", call, number(2, 5), index(5, 2).as(DType.INT32))
        .sample("no rows", call, number(0, 3), index(3, 0))
        .edge("large", call, Operand.of(1000, -1000, 0).shaped(1, 3), index(3, 1))
        .edge("many", call, number(130, 10), index(10, 130))
        .error(
            "a label beyond the classes",
            call,
            List.of(number(2, 3), Operand.of(0, 3).as(DType.INT64)),
            "label 3 is out of range",
            "3 classes")
        .error(
            "as many labels as rows",
            call,
            List.of(number(2, 3), index(3, 4)),
            "softmax_cross_entropy takes",
            "[2, 3]",
            "[4]")
        .error(
            "float labels",
            call,
            List.of(number(2, 3), number(2)),
            "class numbers have to be integers");
  }

  private static OpSpec layerNorm() {
    OpCall call = one(t -> NN.layerNorm(t[0], t[1], t[2], 1e-3));
    return OpSpec.named("layer_norm")
        .tolerance(Tolerance.CHAIN)
        .sample("rows", call, number(3, 5), number(5), number(5))
        .sample("a sequence", call, number(2, 2, 4), number(4), number(4))
        .sample("no rows", call, number(0, 4), number(4), number(4))
        .edge("many", call, number(20, 150), number(150), number(150));
  }

  private static OpSpec batchNorm() {
    OpCall call =
        t -> {
          NN.BatchNorm result = NN.batchNorm(t[0], t[1], t[2], 1e-3);
          return new Tensor[] {result.y(), result.mean(), result.variance()};
        };
    return OpSpec.named("batch_norm")
        .tolerance(Tolerance.CHAIN)
        .sample("images", call, number(2, 3, 2, 2), number(3), number(3))
        .sample("rows", call, number(5, 3), number(3), number(3))
        .sample("sequences", call, number(2, 2, 4), number(2), number(2))
        .edge("many", call, number(8, 16, 7, 5), number(16), number(16));
  }

  private static OpSpec batchNormRelu() {
    OpCall call =
        t -> {
          NN.BatchNorm result =
              NN.batchNormRelu(t[0], t[1], t[2], t.length > 3 ? t[3] : null, 1e-3);
          return new Tensor[] {result.y(), result.mean(), result.variance()};
        };
    return OpSpec.named("batch_norm_relu")
        .tolerance(Tolerance.CHAIN)
        .sample("images", call, number(2, 3, 2, 2), number(3), number(3))
        .sample("a residual", call, number(2, 3, 2, 2), number(3), number(3), number(2, 3, 2, 2))
        .sample("rows", call, number(5, 3), number(3), number(3))
        .sample("rows and a residual", call, number(5, 3), number(3), number(3), number(5, 3))
        .edge("many", call, number(8, 16, 7, 5), number(16), number(16))
        .edge(
            "many and a residual",
            call,
            number(8, 16, 7, 5),
            number(16),
            number(16),
            number(8, 16, 7, 5));
  }

  private static OpSpec normalize() {
    return OpSpec.named("normalize")
        .tolerance(Tolerance.CHAIN)
        .sample(
            "images",
            one(t -> NN.normalize(t[0], t[1], t[2], t[3], t[4], 1e-3)),
            number(2, 2, 2, 2),
            number(2),
            in(0.5, 2, 2),
            number(2),
            number(2));
  }

  private static OpSpec dropout() {
    RandomKey key = RandomKey.of(7);
    return OpSpec.named("dropout")
        .sample("a third", map(x -> NN.dropout(x, 1.0 / 3, key)), number(4, 5))
        .sample("none", map(x -> NN.dropout(x, 0, key)), number(3))
        .sample("nothing", map(x -> NN.dropout(x, 0.5, key)), number(0, 3))
        .edge("many", map(x -> NN.dropout(x, 0.25, key)), number(33, 41))
        .error(
            "a rate of 1", map(x -> NN.dropout(x, 1, key)), List.of(number(2)), "dropout", "1.0");
  }

  private static OpSpec gelu() {
    return OpSpec.named("gelu")
        .tolerance(Tolerance.TIGHT.times(4))
        .sample("exact", map(x -> NN.gelu(x, false)), in(-3, 3, 3, 4))
        .sample("by tanh", map(x -> NN.gelu(x, true)), in(-3, 3, 3, 4))
        .sample("nothing", map(x -> NN.gelu(x, true)), number(0))
        .edge("many", map(x -> NN.gelu(x, false)), in(-5, 5, 23, 45));
  }

  private static OpSpec sumOfSquares() {
    OpCall call = one(NN::sumOfSquares);
    return OpSpec.named("sum_of_squares")
        .sample("one", call, number(3, 4))
        .sample("several", call, number(2, 3), number(), number(5))
        .sample("some without elements", call, number(0, 3), number(2))
        .edge("many", call, number(70, 65), number(31), number(4100));
  }

  private static OpSpec lstm() {
    OpCall call =
        t -> {
          Recurrent.Lstm result = Recurrent.lstm(t[0], t[1], t[2], t[3], t[4], t[5]);
          return new Tensor[] {result.sequence(), result.h(), result.c()};
        };
    return OpSpec.named("lstm")
        .tolerance(Tolerance.CHAIN)
        .sample("three steps", call, lstm(2, 3, 2, 2))
        .sample("one step", call, lstm(1, 1, 3, 1))
        .edge("many", call, lstm(5, 9, 12, 16))
        .error(
            "features",
            call,
            List.of(
                number(2, 3, 4), number(3, 8), number(2, 8), number(8), number(2, 2), number(2, 2)),
            "lstm takes",
            "[2, 3, 4]",
            "[3, 8]");
  }

  private static Operand[] lstm(int batch, int time, int features, int units) {
    return new Operand[] {
      in(-1, 1, batch, time, features),
      in(-1, 1, features, 4L * units),
      in(-1, 1, units, 4L * units),
      in(-1, 1, 4L * units),
      in(-1, 1, batch, units),
      in(-1, 1, batch, units)
    };
  }

  private static OpSpec gru() {
    OpCall call =
        t -> {
          Recurrent.Gru result = Recurrent.gru(t[0], t[1], t[2], t[3], t[4]);
          return new Tensor[] {result.sequence(), result.h()};
        };
    return OpSpec.named("gru")
        .tolerance(Tolerance.CHAIN)
        .sample("three steps", call, gru(2, 3, 2, 2))
        .sample("one step", call, gru(1, 1, 3, 1))
        .edge("many", call, gru(5, 9, 12, 16))
        .error(
            "features",
            call,
            List.of(number(2, 3, 4), number(3, 6), number(2, 6), number(2, 6), number(2, 2)),
            "gru takes",
            "[2, 3, 4]",
            "[3, 6]")
        .error(
            "one bias",
            call,
            List.of(number(2, 3, 4), number(4, 6), number(2, 6), number(6), number(2, 2)),
            "gru takes two biases",
            "[2, 6]",
            "[6]");
  }

  private static Operand[] gru(int batch, int time, int features, int units) {
    return new Operand[] {
      in(-1, 1, batch, time, features),
      in(-1, 1, features, 3L * units),
      in(-1, 1, units, 3L * units),
      in(-1, 1, 2, 3L * units),
      in(-1, 1, batch, units)
    };
  }

  private static OpSpec attention() {
    OpCall open = one(t -> NN.attention(t[0], t[1], t[2], null, 0.7));
    OpCall masked = one(t -> NN.attention(t[0], t[1], t[2], t[3], 0.7));
    return OpSpec.named("attention")
        .tolerance(Tolerance.CHAIN)
        .sample("open", open, number(1, 2, 2, 3), number(1, 2, 3, 3), number(1, 2, 3, 2))
        .sample(
            "masked",
            masked,
            number(1, 2, 2, 2),
            number(1, 2, 3, 2),
            number(1, 2, 3, 2),
            flags(1, 1, 2, 3))
        .edge("many", open, number(2, 3, 10, 8), number(2, 3, 12, 8), number(2, 3, 12, 5));
  }
}
