package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.config.Config;
import io.dendra.data.Batch;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.models.SymbolicTensor;
import io.dendra.nn.layers.Activation;
import io.dendra.nn.layers.Add;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.LayerNormalization;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.MultiHeadAttention;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.CosineDecay;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.RMSprop;
import io.dendra.nn.optimizers.SGD;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Training steps that are replayed as plans give the losses of steps that run as they are, bit for
 * bit, whatever the network and the optimizer, also when shapes take turns.
 */
public abstract class ReplaySuite extends Suite {
  private static final int STEPS = 100;

  /** A suite over a backend. */
  protected ReplaySuite(TestedBackend backend) {
    super(backend);
  }

  /** A network, what trains it, and the shape of a sample. */
  private record Case(
      String name, Supplier<Model> network, Supplier<Optimizer> optimizer, long... sample) {}

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("MLP with Adam", ReplaySuite::dense, Adam::new, 6),
        new Case("MLP with a schedule", ReplaySuite::dense, ReplaySuite::decaying, 6),
        new Case("MLP with AMSGrad", ReplaySuite::dense, () -> new Adam().amsgrad(true), 6),
        new Case("CNN with momentum", ReplaySuite::convolutional, ReplaySuite::momentum, 6, 6, 2),
        new Case("residual CNN with Adam", ReplaySuite::residual, Adam::new, 6, 6, 2),
        new Case("LSTM with clipping", ReplaySuite::lstm, ReplaySuite::clipped, 4, 3),
        new Case("GRU with RMSprop", ReplaySuite::gru, RMSprop::new, 4, 3),
        new Case("transformer with Adam", ReplaySuite::transformer, Adam::new, 4, 6));
  }

  private static Optimizer decaying() {
    return new SGD(new CosineDecay(0.1, 80));
  }

  private static Optimizer momentum() {
    return new SGD(0.01).momentum(0.9).nesterov(true);
  }

  private static Optimizer clipped() {
    return new Adam(0.01).globalClipNorm(0.5);
  }

  private static Model dense() {
    return Sequential.of(new Dense(8, "gelu"), new Dropout(0.3), new Dense(3, "softmax"));
  }

  private static Model convolutional() {
    return Sequential.of(
        new Conv2D(4, 3),
        new BatchNormalization(),
        new Dropout(0.2),
        new MaxPooling2D(2),
        new Conv2D(4, 1, "relu"),
        new Flatten(),
        new Dense(3, "softmax"));
  }

  /** Normalisation that relu follows, at once and after a sum, whose other term has a gradient. */
  private static Model residual() {
    var x = Input.of(6, 6, 2);
    var first = normalized(x);
    var h = new Activation("relu").apply(first);
    var sum = new Add().apply(normalized(h), h);
    var y = new Activation("relu").apply(sum);
    var other = new Activation("relu").apply(new Add().apply(x, new Conv2D(2, 1).apply(y)));
    var last = new Activation("relu").apply(normalized(other));
    return Model.of(x, new Dense(3, "softmax").apply(new Flatten().apply(last)));
  }

  private static SymbolicTensor normalized(SymbolicTensor x) {
    return new BatchNormalization().apply(new Conv2D(4, 3).padding("same").apply(x));
  }

  private static Model lstm() {
    return Sequential.of(new LSTM(5), new Dense(3, "softmax"));
  }

  private static Model gru() {
    return Sequential.of(new GRU(5), new Dense(3, "softmax"));
  }

  private static Model transformer() {
    var x = Input.of(4, 6);
    var attended = new MultiHeadAttention(2, 3).apply(x, x);
    var h = new LayerNormalization().apply(new Add().apply(x, attended));
    var dense = new Dense(6).apply(new Dense(10, "relu").apply(h));
    var y = new LayerNormalization().apply(new Add().apply(h, dense));
    return Model.of(x, new Dense(3, "softmax").apply(new Flatten().apply(y)));
  }

  @TestFactory
  final Stream<DynamicTest> replays() {
    return cases().map(each -> test(each.name(), device(), () -> sameBits(each)));
  }

  private void sameBits(Case each) {
    assertThat(losses(each, "on")).isEqualTo(losses(each, "off"));
  }

  private List<Double> losses(Case each, String capture) {
    Config.set("dendra.capture", capture);
    try (Model model = each.network().get()) {
      model.seed(2).to(device());
      model.compile(
          o -> o.optimizer(each.optimizer().get()).loss("sparse_categorical_crossentropy"));
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        losses.add(model.trainOnBatch(batch(each, step % 5 == 4 ? 3 : 4, step)));
      }
      return losses;
    } finally {
      Config.set("dendra.capture", null);
    }
  }

  private static Batch batch(Case each, int samples, int seed) {
    long[] shape = new long[each.sample().length + 1];
    shape[0] = samples;
    System.arraycopy(each.sample(), 0, shape, 1, each.sample().length);
    long size = 1;
    for (long dim : shape) {
      size *= dim;
    }
    float[] values = new float[(int) size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1.7 * i + 0.3 * seed);
    }
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = (i + seed) % 3;
    }
    return Batch.of(NDArray.of(values, shape), NDArray.of(labels, samples));
  }
}
