package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.autograd.Autograd;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.View;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.backend.cpu.Twins.Twin;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Fused;
import io.dendra.ops.NN;
import io.dendra.ops.Recurrent;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fused kernels on operands in random layouts, against their decompositions on the reference. */
final class FusedKernelTest {
  private static final Device REFERENCE = Device.of("reference");
  private static final double CLOSE = 2e-5;

  private Twins twins;

  private void open(EngineChoice engine) {
    twins = new Twins(new CpuBackend(new CpuSettings(engine, 2)));
  }

  @AfterEach
  void close() {
    twins.close();
  }

  private Twin operand(long... dims) {
    return twins.input(DType.FLOAT32, Shape.of(dims), -1.5, 1.5);
  }

  private static Tensor tensor(Twins twins, Twin twin) {
    double[] values = Twins.reals(twins.reference, twin.expected());
    float[] floats = new float[values.length];
    long[] longs = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
      longs[i] = (long) values[i];
    }
    long[] dims = twin.layout().shape().dims();
    if (twin.expected().dtype() == DType.BOOL) {
      return Elementwise.compare(CompareOp.NE, Tensor.of(NDArray.of(floats, dims), REFERENCE), 0);
    }
    return twin.expected().dtype() == DType.INT64
        ? Tensor.of(NDArray.of(longs, dims), REFERENCE)
        : Tensor.of(NDArray.of(floats, dims), REFERENCE);
  }

  /** Compares the outputs and the gradients of all float inputs. */
  private void check(FusedOp op, Function<Tensor[], Tensor[]> decomposition, Twin... inputs) {
    Tensor[] tensors = new Tensor[inputs.length];
    View[] views = new View[inputs.length];
    List<Tensor> wanted = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      tensors[i] = tensor(twins, inputs[i]);
      views[i] = inputs[i].actual();
      if (tensors[i].dtype().isFloating()) {
        tensors[i] = tensors[i].requiresGrad();
        wanted.add(tensors[i]);
      }
    }
    Tensor[] expected = Fused.using(false, () -> decomposition.apply(tensors));
    FusedKernel kernel = twins.tested.fused(op, views);
    assertThat(kernel).as(op.toString()).isNotNull();
    TensorSpec[] saved = kernel.saved(views);
    View[] outputs = new View[expected.length + saved.length];
    for (int i = 0; i < saved.length; i++) {
      Layout rowMajor = Layout.contiguous(saved[i].shape());
      outputs[expected.length + i] = twins.output(saved[i].dtype(), rowMajor).actual();
    }
    View[] gradOutputs = new View[expected.length];
    Tensor loss = null;
    for (int i = 0; i < expected.length; i++) {
      Shape shape = expected[i].shape();
      Layout order = Layout.inOrderOf(views[0].layout(), shape);
      outputs[i] = twins.output(DType.FLOAT32, order).actual();
      Twin gradient = twins.input(DType.FLOAT32, shape, -1, 1);
      gradOutputs[i] = gradient.actual();
      Tensor part = expected[i].mul(tensor(twins, gradient)).sum();
      loss = loss == null ? part : loss.add(part);
    }
    kernel.forward(views, Arrays.copyOf(outputs, expected.length));
    for (int i = 0; i < expected.length; i++) {
      same(op + " output, nothing saved, " + i, outputs[i], expected[i]);
    }
    kernel.forward(views, outputs);
    for (int i = 0; i < expected.length; i++) {
      same(op + " output " + i, outputs[i], expected[i]);
    }
    if (!kernel.hasBackward()) {
      return;
    }
    Tensor total = loss;
    List<Tensor> gradients = Fused.using(false, () -> Autograd.grad(total, wanted));
    View[] gradInputs = new View[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      if (tensors[i].dtype().isFloating()) {
        Layout order = Layout.inOrderOf(views[i].layout(), views[i].shape());
        gradInputs[i] = twins.output(DType.FLOAT32, order).actual();
      }
    }
    kernel.backward(views, outputs, gradOutputs, gradInputs);
    for (int i = 0, j = 0; i < inputs.length; i++) {
      if (gradInputs[i] != null) {
        same(op + " gradient " + i, gradInputs[i], gradients.get(j++));
      }
    }
  }

  private void same(String what, View actual, Tensor expected) {
    float[] want = expected.toNDArray().floats();
    double[] got = Twins.reals(twins.tested, actual);
    for (int i = 0; i < want.length; i++) {
      assertThat(Math.abs(got[i] - want[i]))
          .as("%s of %s, element %d: %s, should be %s", what, actual.layout(), i, got[i], want[i])
          .isLessThanOrEqualTo(CLOSE * Math.max(1, Math.abs(want[i])));
    }
  }

  private void seeds(int count, Runnable body) {
    for (int seed = 0; seed < count; seed++) {
      twins.seed(seed);
      body.run();
      twins.clear();
    }
  }

  private int upTo(int most) {
    return 1 + twins.random.nextInt(most);
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void linear(EngineChoice engine) {
    open(engine);
    for (Epilogue epilogue : Epilogue.values()) {
      seeds(
          8,
          () -> {
            int rows = upTo(40);
            int in = upTo(70);
            int out = upTo(50);
            check(
                new FusedOp.Linear(epilogue),
                t -> new Tensor[] {NN.linear(t[0], t[1], t[2], epilogue)},
                operand(rows, in),
                operand(in, out),
                operand(out));
          });
    }
  }

  /** As many rows as take several pieces and accumulators. */
  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void linearOfManyRows(EngineChoice engine) {
    open(engine);
    for (Epilogue epilogue : Epilogue.values()) {
      seeds(
          2,
          () ->
              check(
                  new FusedOp.Linear(epilogue),
                  t -> new Tensor[] {NN.linear(t[0], t[1], t[2], epilogue)},
                  operand(500 + upTo(50), 3),
                  operand(3, 90),
                  operand(90)));
    }
  }

  @Test
  void attention() {
    open(EngineChoice.ONEDNN);
    seeds(12, () -> attention(upTo(40), upTo(40), upTo(20)));
    // Several pieces of queries to a head.
    seeds(2, () -> attention(90, 700, 5));
  }

  private void attention(int queries, int keys, int size) {
    int batch = upTo(3);
    int heads = upTo(3);
    double scale = 0.3;
    // Heads as a layer cuts them out of features, and in any other layout.
    boolean cut = twins.random.nextBoolean();
    Twin q = heads(cut, batch, heads, queries, size);
    Twin k = heads(cut, batch, heads, keys, size);
    Twin v = heads(cut, batch, heads, keys, upTo(20));
    check(
        new FusedOp.Attention(scale, false),
        t -> new Tensor[] {NN.attention(t[0], t[1], t[2], null, scale)},
        q,
        k,
        v);
    boolean each = twins.random.nextBoolean();
    check(
        new FusedOp.Attention(scale, true),
        t -> new Tensor[] {NN.attention(t[0], t[1], t[2], t[3], scale)},
        q,
        k,
        v,
        twins.input(DType.BOOL, Shape.of(each ? batch : 1, 1, queries, keys), 0, 1));
  }

  private Twin heads(boolean cut, long batch, long heads, long rows, long size) {
    Layout layout = Layout.contiguous(Shape.of(batch, rows, heads, size)).permute(0, 2, 1, 3);
    return cut ? twins.input(DType.FLOAT32, layout, -1.5, 1.5) : operand(batch, heads, rows, size);
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void softmaxOfNaNIsNaNInItsRowAlone(EngineChoice engine) {
    open(engine);
    twins.seed(1);
    View x = twins.output(DType.FLOAT32, Shape.of(3, 5)).actual();
    View y = twins.output(DType.FLOAT32, Layout.contiguous(Shape.of(3, 5))).actual();
    View row = x.with(x.layout().slice(0, 1, 1, 1));
    twins.tested.fill(row.with(row.layout().slice(1, 2, 1, 1)), Double.NaN);
    for (FusedOp op : List.of(new FusedOp.Softmax(1), new FusedOp.LogSoftmax(1))) {
      twins.tested.fused(op, new View[] {x}).forward(new View[] {x}, new View[] {y});
      double[] values = Twins.reals(twins.tested, y);
      for (int i = 0; i < values.length; i++) {
        assertThat(Double.isNaN(values[i])).as("%s, element %d", op, i).isEqualTo(i / 5 == 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void convBias(EngineChoice engine) {
    open(engine);
    ConvSpec spec =
        new ConvSpec(new int[] {2, 1}, new int[] {1, 0}, new int[] {0, 2}, new int[] {1, 1}, 1);
    for (Epilogue epilogue : Epilogue.values()) {
      seeds(
          6,
          () -> {
            int channels = upTo(9);
            int filters = upTo(9);
            check(
                new FusedOp.ConvBias(spec, epilogue),
                t -> new Tensor[] {NN.convBias(t[0], t[1], t[2], spec, epilogue)},
                operand(upTo(3), channels, 5, 6),
                operand(filters, channels, 3, 2),
                operand(filters));
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void softmaxes(EngineChoice engine) {
    open(engine);
    seeds(
        10,
        () -> {
          Twin x = operand(upTo(5), upTo(70), upTo(300));
          check(new FusedOp.Softmax(2), t -> new Tensor[] {NN.softmax(t[0], 2)}, x);
          check(new FusedOp.LogSoftmax(2), t -> new Tensor[] {NN.logSoftmax(t[0], 2)}, x);
          int rows = upTo(60);
          int classes = upTo(30);
          check(
              new FusedOp.SoftmaxCrossEntropy(),
              t -> new Tensor[] {NN.softmaxCrossEntropy(t[0], t[1])},
              operand(rows, classes),
              twins.input(DType.INT64, Shape.of(rows), 0, classes));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void normalisations(EngineChoice engine) {
    open(engine);
    seeds(
        10,
        () -> {
          int features = 1 + upTo(90);
          check(
              new FusedOp.LayerNorm(1e-2),
              t -> new Tensor[] {NN.layerNorm(t[0], t[1], t[2], 1e-2)},
              operand(upTo(200), features),
              operand(features),
              operand(features));
          check(
              new FusedOp.LayerNorm(1e-3),
              t -> new Tensor[] {NN.layerNorm(t[0], t[1], t[2], 1e-3)},
              operand(700 + upTo(50), 60),
              operand(60),
              operand(60));
          int channels = upTo(9);
          Shape image = Shape.of(1 + upTo(3), channels, upTo(5), upTo(6));
          Layout layout =
              twins.random.nextBoolean()
                  ? Layout.contiguous(
                          Shape.of(image.dim(0), image.dim(2), image.dim(3), image.dim(1)))
                      .permute(0, 3, 1, 2)
                  : twins.anyLayout(image);
          check(
              new FusedOp.BatchNorm(1e-2),
              t -> {
                NN.BatchNorm norm = NN.batchNorm(t[0], t[1], t[2], 1e-2);
                return new Tensor[] {norm.y(), norm.mean(), norm.variance()};
              },
              twins.input(DType.FLOAT32, layout, -2, 2),
              operand(channels),
              operand(channels));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void dropoutAndGelu(EngineChoice engine) {
    open(engine);
    RandomKey key = RandomKey.of(5);
    seeds(
        6,
        () -> {
          Twin x = operand(upTo(5), upTo(70), upTo(30));
          check(
              new FusedOp.Dropout(0.3, key.value(), 0),
              t -> new Tensor[] {NN.dropout(t[0], 0.3, key)},
              x);
          for (boolean approximate : new boolean[] {false, true}) {
            check(new FusedOp.Gelu(approximate), t -> new Tensor[] {NN.gelu(t[0], approximate)}, x);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void lstm(EngineChoice engine) {
    open(engine);
    seeds(
        6,
        () -> {
          int batch = upTo(5);
          int features = upTo(20);
          int units = upTo(20);
          check(
              new FusedOp.Lstm(),
              t -> {
                Recurrent.Lstm out = Recurrent.lstm(t[0], t[1], t[2], t[3], t[4], t[5]);
                return new Tensor[] {out.sequence(), out.h(), out.c()};
              },
              operand(batch, upTo(6), features),
              operand(features, 4L * units),
              operand(units, 4L * units),
              operand(4L * units),
              operand(batch, units),
              operand(batch, units));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void gru(EngineChoice engine) {
    open(engine);
    seeds(
        6,
        () -> {
          int batch = upTo(5);
          int features = upTo(20);
          int units = upTo(20);
          check(
              new FusedOp.Gru(),
              t -> {
                Recurrent.Gru out = Recurrent.gru(t[0], t[1], t[2], t[3], t[4]);
                return new Tensor[] {out.sequence(), out.h()};
              },
              operand(batch, upTo(6), features),
              operand(features, 3L * units),
              operand(units, 3L * units),
              operand(2, 3L * units),
              operand(batch, units));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void optimizerSteps(EngineChoice engine) {
    open(engine);
    seeds(
        4,
        () -> {
          Twin p = operand(upTo(50), upTo(60));
          long[] dims = p.layout().shape().dims();
          for (boolean nesterov : new boolean[] {false, true}) {
            check(
                new FusedOp.SgdStep(0.1, 0.9, nesterov),
                t -> {
                  Tensor v = t[2].mul(0.9).sub(t[1].mul(0.1));
                  Tensor change = nesterov ? v.mul(0.9).sub(t[1].mul(0.1)) : v;
                  return new Tensor[] {t[0].add(change), v};
                },
                p,
                operand(dims),
                operand(dims));
          }
          check(
              new FusedOp.AdamStep(0.01, 0.9, 0.999, 1e-7, 0.004),
              t -> {
                Tensor m = t[2].add(t[1].sub(t[2]).mul(1 - 0.9));
                Tensor v = t[3].add(t[1].square().sub(t[3]).mul(1 - 0.999));
                Tensor change = m.mul(0.01).div(v.sqrt().add(1e-7));
                return new Tensor[] {t[0].mul(1 - 0.004).sub(change), m, v};
              },
              p,
              operand(dims),
              operand(dims),
              twins.input(DType.FLOAT32, Shape.of(dims), 0.1, 2));
        });
  }
}
