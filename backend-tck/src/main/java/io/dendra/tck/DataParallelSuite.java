package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.models.Model;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tck.ParallelModels.Kind;
import io.dendra.tck.ParallelModels.Rule;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.training.History;
import io.dendra.training.parallel.AllReduce;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Training on several devices of the backend gives what training on one gives, within rounding, and
 * the same bits each time. Skipped where there is one device only.
 */
public abstract class DataParallelSuite extends Suite {
  private static final int MOST = 4;
  private static final int SAMPLES = 23;

  /** Batches of 10, 10 and 3: parts of unequal sizes, and fewer rows than four devices. */
  private static final int BATCH = 10;

  private static final int EPOCHS = 2;
  private static final int STEPS = EPOCHS * 3;

  /** A suite over a backend. */
  protected DataParallelSuite(TestedBackend backend) {
    super(backend);
  }

  /** The first devices; skips the test when there are fewer. */
  private Device[] devices(int n) {
    return IntStream.range(0, n).mapToObj(backend()::device).toArray(Device[]::new);
  }

  private Stream<Integer> counts() {
    return IntStream.rangeClosed(2, MOST).boxed();
  }

  @TestFactory
  final Stream<DynamicTest> sums() {
    return counts().map(n -> test("sums over " + n + " devices", device(), () -> sum(devices(n))));
  }

  private static void sum(Device[] devices) {
    for (DType dtype : DType.values()) {
      if (!dtype.isFloating() && !dtype.isInteger()) {
        continue;
      }
      for (int size : new int[] {1, 3, 64, 130, 1000}) {
        List<List<Tensor>> tensors = new ArrayList<>();
        long[] expected = new long[size];
        for (Device device : devices) {
          RandomStream random = new RandomStream(RandomKey.of(size).fold(device.index()));
          long[] values = new long[size];
          for (int i = 0; i < size; i++) {
            // Whole numbers whose sums every type holds exactly.
            values[i] = random.nextInt(60) - 30L;
            expected[i] += values[i];
          }
          tensors.add(
              List.of(
                  Tensor.of(NDArray.of(values).as(dtype), device),
                  Tensor.full(Shape.of(2, 3), 1, dtype, device)));
        }
        for (List<Tensor> sums : AllReduce.sum(tensors)) {
          assertThat(sums.get(0).toNDArray()).isEqualTo(NDArray.of(expected).as(dtype));
          assertThat(sums.get(1).sum().item()).isEqualTo(6.0 * devices.length);
        }
      }
    }
  }

  @TestFactory
  final Stream<DynamicTest> equalsOneDevice() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(Rule.values())
                    .flatMap(
                        rule ->
                            counts()
                                .map(
                                    n ->
                                        test(
                                            kind + " with " + rule + " on " + n,
                                            device(),
                                            () -> compare(kind, rule, devices(n), n % 2 == 0)))));
  }

  private void compare(Kind kind, Rule rule, Device[] devices, boolean weighted) {
    try (Model one = ParallelModels.model(kind, rule, devices[0]);
        Model many = ParallelModels.model(kind, rule, devices[0])) {
      History expected = fit(one, weighted);
      History actual = fit(many, weighted, devices);
      // A step sums less than 2^8 products per number, in another order than on one device: an
      // error of 2^8 · 2^-24 of their size, which the steps that follow carry on.
      double bound = STEPS * 0x1p-16;
      Closeness.assertClose("losses", losses(actual), losses(expected), bound);
      assertThat(actual.get("accuracy")).isEqualTo(expected.get("accuracy"));
      for (int i = 0; i < one.parameters().size(); i++) {
        Parameter parameter = many.parameters().get(i);
        assertThat(parameter.value().device()).isEqualTo(devices[0]);
        Closeness.assertClose(
            parameter.path(),
            parameter.value().toNDArray(),
            one.parameters().get(i).value().toNDArray(),
            bound);
      }
      NDArray inputs = ParallelModels.pictures(5, false).all().input();
      Closeness.assertClose("predictions", many.predict(inputs), one.predict(inputs), bound);
    }
  }

  @TestFactory
  final List<DynamicTest> mixedPrecision() {
    return List.of(
        test(
            "mixed_float16 on 2",
            device(),
            () -> {
              Device[] devices = devices(2);
              try (Model one = mixed(devices[0]);
                  Model many = mixed(devices[0])) {
                // Gradients by products are rounded to 11 bits, of each part or of the whole.
                double bound = STEPS * 0x1p-10;
                NDArray expected = losses(fit(one, false));
                Closeness.assertClose("losses", losses(fit(many, false, devices)), expected, bound);
                assertThat(many.objective().optimizer().iterations())
                    .isEqualTo(one.objective().optimizer().iterations());
              }
            }));
  }

  private static Model mixed(Device device) {
    return ParallelModels.model(Kind.DENSE, Rule.SGD, device).dtype("mixed_float16");
  }

  private static History fit(Model model, boolean weighted, Device... devices) {
    return model.fit(
        ParallelModels.pictures(SAMPLES, weighted),
        o -> {
          o.epochs(EPOCHS).batchSize(BATCH);
          return devices.length == 0 ? o : o.devices(devices);
        });
  }

  private static NDArray losses(History history) {
    return NDArray.of(history.batchLosses().stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Notes the weights that each replica sees, per step. */
  private static final class Probe extends Layer {
    private final Map<Device, List<NDArray>> seen = new ConcurrentHashMap<>();
    private Parameter factor;

    @Override
    protected void build(Shape input) {
      factor = addWeight("factor", Shape.of(input.dim(-1)), Initializers.ONES);
    }

    @Override
    protected Tensor call(Tensor x, CallContext context) {
      if (context.isTraining()) {
        assertThat(factor.value().device()).isEqualTo(x.device());
        assertThat(Backends.defaultDevice()).isEqualTo(x.device());
        seen.computeIfAbsent(x.device(), device -> new ArrayList<>())
            .add(factor.value().toNDArray());
      }
      return x.mul(factor.value());
    }
  }

  @TestFactory
  final Stream<DynamicTest> replicas() {
    return counts()
        .map(n -> test("the same bits in each replica of " + n, device(), () -> probe(devices(n))));
  }

  private void probe(Device[] devices) {
    Probe probe = new Probe();
    List<Layer> layers = List.of(new Flatten(), probe, new Dense(3, "softmax"));
    try (Model model = ParallelModels.of(layers, Rule.ADAM, devices[0])) {
      model.fit(ParallelModels.pictures(24, false), o -> o.epochs(2).batchSize(8).devices(devices));
      List<NDArray> first = probe.seen.get(devices[0]);
      assertThat(first).hasSize(6).doesNotHaveDuplicates();
      for (Device device : devices) {
        assertThat(probe.seen.get(device)).as("on %s", device).isEqualTo(first);
      }
    }
  }

  @TestFactory
  final Stream<DynamicTest> sameBitsEachTime() {
    return counts()
        .map(
            n ->
                test(
                    "dropout and batch normalisation on " + n,
                    device(),
                    () -> {
                      List<NDArray> once = trainedWithDraws(devices(n));
                      assertThat(trainedWithDraws(devices(n))).isEqualTo(once);
                    }));
  }

  private static List<NDArray> trainedWithDraws(Device[] devices) {
    List<Layer> layers =
        List.of(
            new Flatten(),
            new Dense(8, "relu"),
            new BatchNormalization(),
            new Dropout(0.3),
            new Dense(ParallelModels.CLASSES, "softmax"));
    try (Model model = ParallelModels.of(layers, Rule.ADAM, devices[0])) {
      List<NDArray> results = new ArrayList<>();
      results.add(losses(fit(model, false, devices)));
      model.parameters().forEach(parameter -> results.add(parameter.value().toNDArray()));
      return results;
    }
  }

  @TestFactory
  final Stream<DynamicTest> memory() {
    return counts()
        .map(
            n ->
                test(
                    "memory of " + n + " devices comes back",
                    device(),
                    () -> {
                      Device[] devices = devices(n);
                      long[] before = live(devices);
                      for (int i = 0; i < 3; i++) {
                        try (Model model =
                            ParallelModels.model(Kind.DENSE, Rule.ADAM, devices[0])) {
                          fit(model, false, devices);
                        }
                      }
                      assertThat(live(devices)).isEqualTo(before);
                    }));
  }

  private static long[] live(Device[] devices) {
    return Arrays.stream(devices).mapToLong(device -> device.memoryStats().live()).toArray();
  }

  @TestFactory
  final List<DynamicTest> failures() {
    return List.of(
        test(
            "a label out of range ends the step and leaves nothing behind",
            device(),
            () -> {
              Device[] devices = devices(2);
              long[] before = live(devices);
              try (Model model = ParallelModels.model(Kind.DENSE, Rule.SGD, devices[0])) {
                fit(model, false, devices);
                NDArray x = ParallelModels.pictures(2, false).all().input();
                assertThatThrownBy(
                        () ->
                            model.fit(
                                x,
                                NDArray.of(new int[] {0, 7}),
                                o -> o.shuffle(false).devices(devices)))
                    .hasMessageContaining(devices[1].toString())
                    .hasMessageContaining("7");
                fit(model, false, devices);
              }
              assertThat(live(devices)).isEqualTo(before);
            }));
  }

  @TestFactory
  final List<DynamicTest> severalAtOnce() {
    return List.of(
        test(
            "two trainings on the same devices give what each gives alone",
            device(),
            () -> {
              Device[] devices = devices(2);
              Assumptions.assumeTrue(devices.length == 2);
              List<NDArray> alone = trainedWithDraws(devices);
              List<List<NDArray>> other = new ArrayList<>();
              Thread thread =
                  new Thread(
                      () -> {
                        try (TensorScope scope = TensorScope.open("second training")) {
                          other.add(trainedWithDraws(new Device[] {devices[1], devices[0]}));
                        }
                      },
                      "tck-second-training");
              thread.setDaemon(true);
              thread.start();
              assertThat(trainedWithDraws(devices)).isEqualTo(alone);
              thread.join();
              assertThat(other.get(0)).isEqualTo(alone);
            }));
  }
}
