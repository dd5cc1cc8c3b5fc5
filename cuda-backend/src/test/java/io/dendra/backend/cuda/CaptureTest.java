package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backends;
import io.dendra.config.Config;
import io.dendra.data.Dataset;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.losses.Losses;
import io.dendra.nn.optimizers.Adam;
import io.dendra.nn.optimizers.AdamW;
import io.dendra.nn.optimizers.CosineDecay;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.RMSprop;
import io.dendra.nn.optimizers.SGD;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.training.Callback;
import io.dendra.training.FitOptions;
import io.dendra.training.TrainingRun;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training steps that are captured and replayed: the losses of eager ones, bit for bit. */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class CaptureTest {
  private static final int SAMPLES = 22;
  private static final int BATCH = 4;
  private static final Device DEVICE = Device.of(EmulatedCuda.isReal() ? "cuda" : "cuda:1");

  @BeforeAll
  static void start() {
    EmulatedCuda.provider();
  }

  /** A network and an optimizer, and how many of ten full batches are replayed. */
  record Case(String name, Supplier<Sequential> network, Supplier<Optimizer> optimizer) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> captured() {
    return Stream.of(
        new Case("dense, Adam", CaptureTest::dense, Adam::new),
        new Case("dropout, AdamW", CaptureTest::dropout, () -> new AdamW(0.01)),
        new Case("dropout, clipped", CaptureTest::dropout, () -> new Adam().globalClipNorm(0.1)),
        new Case("convolution and batch norm, SGD", CaptureTest::convolution, () -> new SGD(0.1)),
        new Case("momentum", CaptureTest::dense, () -> new SGD(0.1).momentum(0.9)),
        new Case("LSTM, RMSprop", () -> recurrent(new LSTM(4)), RMSprop::new),
        new Case("GRU, Adam", () -> recurrent(new GRU(4)), Adam::new),
        new Case(
            "Adam with a schedule", CaptureTest::dense, () -> new Adam(new CosineDecay(0.01, 10))));
  }

  @ParameterizedTest
  @MethodSource("captured")
  void replayedStepsGiveTheBitsOfEagerOnes(Case each) {
    List<Double> eager = train(each, "off", o -> o);
    long live = Backends.open(DEVICE).memory().stats().live();
    long before = launches();
    List<Double> replayed = train(each, "auto", o -> o);

    // Two epochs of five full batches and one of two samples, whose step is captured, too, but not
    // replayed: it comes but twice.
    assertLaunches(launches() - before, 8);
    assertThat(replayed).isEqualTo(eager);
    assertThat(Backends.open(DEVICE).memory().stats().live()).as("memory").isEqualTo(live);
  }

  @Test
  void aChangedRateIsFollowed() {
    Callback halving =
        new Callback() {
          @Override
          public void onBatchEnd(TrainingRun run, int batch, double loss) {
            if (batch == 3) {
              Optimizer optimizer = run.model().objective().optimizer();
              optimizer.setLearningRate(optimizer.learningRate() / 2);
            }
          }
        };
    for (Supplier<Optimizer> optimizer :
        List.<Supplier<Optimizer>>of(() -> new SGD(0.1), Adam::new)) {
      Case each = new Case("", CaptureTest::dense, optimizer);
      assertThat(train(each, "auto", o -> o.callbacks(halving)))
          .isEqualTo(train(each, "off", o -> o.callbacks(halving)));
    }
  }

  @Test
  void layersOfOnesOwnAreCapturedOnlyWhenToldTo() {
    Case own = new Case("own", () -> Sequential.of(new Doubled(), new Dense(3)), Adam::new);
    long before = launches();
    List<Double> eager = train(own, "auto", o -> o);
    assertLaunches(launches() - before, 0);
    assertThat(train(own, "on", o -> o)).isEqualTo(eager);
    assertLaunches(launches() - before, 8);
  }

  @Test
  void whatReadsValuesGoesOnAsItIs() {
    Case reading = new Case("reading", () -> Sequential.of(new Reading(), new Dense(3)), Adam::new);
    long before = launches();
    assertThat(train(reading, "on", o -> o)).isEqualTo(train(reading, "off", o -> o));
    assertLaunches(launches() - before, 0);
  }

  /** The number of graphs launched so far, which only the emulator tells. */
  private static long launches() {
    return EmulatedCuda.isReal() ? 0 : EmulatedCuda.control().calls("cuGraphLaunch");
  }

  private static void assertLaunches(long launched, long expected) {
    assertThat(launched).as("graphs launched").isEqualTo(EmulatedCuda.isReal() ? 0 : expected);
  }

  private static Sequential dense() {
    return Sequential.of(new Flatten(), new Dense(5, "tanh"), new Dense(3));
  }

  private static Sequential dropout() {
    return Sequential.of(new Flatten(), new Dense(8, "relu"), new Dropout(0.5), new Dense(3));
  }

  private static Sequential convolution() {
    return Sequential.of(new Conv2D(2, 3), new BatchNormalization(), new Flatten(), new Dense(3));
  }

  private static Sequential recurrent(Layer cells) {
    return Sequential.of(new io.dendra.nn.layers.Reshape(6, 6), cells, new Dense(3));
  }

  private static List<Double> train(Case each, String capture, UnaryOperator<FitOptions> options) {
    RandomStream random = new RandomStream(RandomKey.of(7));
    float[] pixels = new float[SAMPLES * 36];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    float[] targets = new float[SAMPLES * 3];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (float) random.nextDouble();
    }
    Config.set("dendra.capture", capture);
    try (Sequential model = each.network.get()) {
      model.seed(1).to(DEVICE);
      model.compile(each.optimizer.get(), Losses.of("mse"));
      return model
          .fit(
              Dataset.of(NDArray.of(pixels, SAMPLES, 6, 6, 1), NDArray.of(targets, SAMPLES, 3)),
              o -> options.apply(o.epochs(2).batchSize(BATCH)))
          .batchLosses();
    } finally {
      Config.set("dendra.capture", null);
    }
  }

  /** A layer that Dendra does not know. */
  private static final class Doubled extends Layer {
    @Override
    protected Tensor call(Tensor x, CallContext context) {
      return x.reshape(x.dim(0), -1).mul(2);
    }
  }

  /** A layer that decides by values. */
  private static final class Reading extends Layer {
    @Override
    protected Tensor call(Tensor x, CallContext context) {
      Tensor flat = x.reshape(x.dim(0), -1);
      return x.isMeta() || flat.sum().item() > 0 ? flat : flat.neg();
    }
  }
}
