package io.dendra.tck;

import static io.dendra.tck.OpCall.map;
import static io.dendra.tck.OpCall.one;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Convolution;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Fused;
import io.dendra.ops.Indexing;
import io.dendra.ops.NN;
import io.dendra.ops.Pooling;
import io.dendra.ops.Recurrent;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Results and gradients against those that PyTorch gives, in float64 and float32, with fused
 * kernels and without.
 */
public abstract class GoldenSuite extends Suite {
  /** A suite over a backend. */
  protected GoldenSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> golden() {
    List<GoldenCase> cases = new ArrayList<>();
    cases.addAll(convolutions());
    cases.addAll(poolings());
    cases.addAll(networks());
    for (UnaryOp op :
        List.of(
            UnaryOp.ERF,
            UnaryOp.EXPM1,
            UnaryOp.LOG1P,
            UnaryOp.ATAN,
            UnaryOp.SINH,
            UnaryOp.TAN,
            UnaryOp.SIGMOID,
            UnaryOp.TANH,
            UnaryOp.EXP,
            UnaryOp.SOFTPLUS)) {
      String name = op.name().toLowerCase(Locale.ROOT);
      cases.add(new GoldenCase(name, map(x -> Elementwise.unary(op, x)), "x"));
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : cases) {
      for (boolean fused : new boolean[] {true, false}) {
        String name = golden.name() + (fused ? "" : " decomposed");
        tests.add(
            test(
                name,
                device(),
                () ->
                    Fused.using(
                        fused,
                        () -> {
                          golden.check(DType.FLOAT64, 1e-11);
                          golden.check(DType.FLOAT32, 1e-4);
                          return null;
                        })));
      }
    }
    return tests.stream();
  }

  private static int[] ints(int... values) {
    return values;
  }

  private static GoldenCase conv(
      String name, int[] strides, int[] low, int[] high, int[] dilation, int groups) {
    ConvSpec spec = new ConvSpec(strides, low, high, dilation, groups);
    return new GoldenCase(name, one(t -> Convolution.conv(t[0], t[1], spec)), "x", "w");
  }

  private static List<GoldenCase> convolutions() {
    int[] none = {0, 0};
    int[] ones = {1, 1};
    return List.of(
        conv("conv1d", ints(2), ints(1), ints(1), ints(1), 1),
        conv("conv2d", ones, none, none, ones, 1),
        conv("conv2d_stride_padding", ints(2, 1), ints(1, 2), ints(1, 2), ones, 1),
        conv("conv2d_dilation", ones, ones, ones, ints(3, 2), 1),
        conv("conv2d_groups", ones, ones, ones, ones, 2),
        conv("conv2d_depthwise", ints(2, 2), none, none, ones, 3),
        conv("conv2d_uneven_padding", ones, ints(1, 0), ints(0, 2), ones, 1),
        conv("conv3d", ints(1, 2, 1), ints(1, 1, 0), ints(1, 1, 0), ints(1, 1, 2), 1));
  }

  private static GoldenCase pool(
      String name, boolean max, int[] window, int[] strides, int[] padding) {
    PoolSpec spec = new PoolSpec(window, strides, padding, padding);
    return new GoldenCase(
        name, map(x -> max ? Pooling.maxPool(x, spec) : Pooling.avgPool(x, spec)), "x");
  }

  private static List<GoldenCase> poolings() {
    int[] none = {0, 0};
    int[] ones = {1, 1};
    int[] twos = {2, 2};
    int[] threes = {3, 3};
    return List.of(
        pool("max_pool1d", true, ints(3), ints(2), ints(1)),
        pool("max_pool2d", true, twos, twos, none),
        pool("max_pool2d_overlapping", true, threes, ones, ones),
        pool("max_pool3d", true, ints(2, 2, 2), ints(2, 1, 2), ints(0, 0, 0)),
        pool("avg_pool1d", false, ints(3), ints(2), ints(1)),
        pool("avg_pool2d", false, twos, twos, none),
        pool("avg_pool2d_padding", false, threes, twos, ones),
        pool("avg_pool3d", false, ints(2, 2, 2), ints(2, 1, 2), ints(0, 0, 0)));
  }

  private static List<GoldenCase> networks() {
    return List.of(
        new GoldenCase("lstm", GoldenSuite::lstm, "x", "kernel", "recurrent", "bias", "h0", "c0")
            .giving("sequence", "h", "c"),
        new GoldenCase("gru", GoldenSuite::gru, "x", "kernel", "recurrent", "bias", "h0")
            .giving("sequence", "h"),
        new GoldenCase("batch_norm", GoldenSuite::batchNorm, "x", "gamma", "beta")
            .giving("y", "mean", "biased_variance"),
        new GoldenCase(
                "batch_norm_inference",
                one(t -> NN.normalize(t[0], t[3], t[4], t[1], t[2], 1e-3)),
                "x",
                "gamma",
                "beta")
            .with("mean", null)
            .with("variance", null),
        new GoldenCase(
            "layer_norm", one(t -> NN.layerNorm(t[0], t[1], t[2], 1e-3)), "x", "gamma", "beta"),
        new GoldenCase(
                "softmax_cross_entropy", one(t -> NN.softmaxCrossEntropy(t[0], t[1])), "logits")
            .with("labels", DType.INT64),
        new GoldenCase("softmax", map(x -> NN.softmax(x, 1)), "x"),
        new GoldenCase("log_softmax", map(x -> NN.logSoftmax(x, 0)), "x"),
        new GoldenCase("gelu_none", map(x -> NN.gelu(x, false)), "x"),
        new GoldenCase("gelu_tanh", map(x -> NN.gelu(x, true)), "x"),
        new GoldenCase(
            "attention", one(t -> NN.attention(t[0], t[1], t[2], null, 0.4)), "q", "k", "v"),
        new GoldenCase(
                "attention_masked",
                one(t -> NN.attention(t[0], t[1], t[2], t[3], 0.4)),
                "q",
                "k",
                "v")
            .with("mask", DType.BOOL),
        new GoldenCase("embedding", one(t -> Indexing.gather(t[0], t[1], 0)), "table")
            .with("ids", DType.INT64));
  }

  private static Tensor[] lstm(Tensor[] in) {
    Recurrent.Lstm result = Recurrent.lstm(in[0], in[1], in[2], in[3], in[4], in[5]);
    return new Tensor[] {result.sequence(), result.h(), result.c()};
  }

  private static Tensor[] gru(Tensor[] in) {
    Recurrent.Gru result = Recurrent.gru(in[0], in[1], in[2], in[3], in[4]);
    return new Tensor[] {result.sequence(), result.h()};
  }

  private static Tensor[] batchNorm(Tensor[] in) {
    NN.BatchNorm result = NN.batchNorm(in[0], in[1], in[2], 1e-3);
    return new Tensor[] {result.y(), result.mean(), result.variance()};
  }
}
