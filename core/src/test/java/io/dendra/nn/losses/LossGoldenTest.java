package io.dendra.nn.losses;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.autograd.Autograd;
import io.dendra.nn.Golden;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and gradients against those of Keras. */
class LossGoldenTest {
  private static final Golden GOLDEN = Golden.of(LossGoldenTest.class, "losses.txt");
  private static final Loss SPARSE = new SparseCategoricalCrossentropy();
  private static final Loss SPARSE_LOGITS = new SparseCategoricalCrossentropy(true);
  private static final Loss CATEGORICAL = new CategoricalCrossentropy();
  private static final Loss BINARY = new BinaryCrossentropy();
  private static final Loss BINARY_LOGITS = new BinaryCrossentropy(true, 0);

  private static final Map<String, Loss> LOSSES =
      new TreeMap<>(
          Map.ofEntries(
              entry("sparse_probabilities", SPARSE),
              entry("sparse_unnormalised", SPARSE),
              entry("sparse_certain", SPARSE),
              entry("sparse_logits", SPARSE_LOGITS),
              entry("sparse_extreme", SPARSE_LOGITS),
              entry("sparse_sequence", SPARSE),
              entry("sparse_sequence_logits", SPARSE_LOGITS),
              entry("categorical_probabilities", CATEGORICAL),
              entry("categorical_certain", CATEGORICAL),
              entry("categorical_soft", CATEGORICAL),
              entry("categorical_logits", new CategoricalCrossentropy(true, 0)),
              entry("categorical_smoothed", new CategoricalCrossentropy(false, 0.2)),
              entry("categorical_smoothed_logits", new CategoricalCrossentropy(true, 0.2)),
              entry("binary_probabilities", BINARY),
              entry("binary_certain", BINARY),
              entry("binary_logits", BINARY_LOGITS),
              entry("binary_extreme", BINARY_LOGITS),
              entry("binary_smoothed", new BinaryCrossentropy(false, 0.2)),
              entry("binary_smoothed_logits", new BinaryCrossentropy(true, 0.2)),
              entry("mean_squared_error", new MeanSquaredError()),
              entry("mean_absolute_error", new MeanAbsoluteError()),
              entry("huber", new Huber()),
              entry("huber_narrow", new Huber(0.3))));

  static Stream<String> names() {
    return LOSSES.keySet().stream();
  }

  private static Tensor prediction(String name) {
    double[] values = GOLDEN.get(name + ".prediction");
    return name.contains("sequence") ? Tensor.of(values, 2, 2, 3) : Tensor.of(values, 4, 3);
  }

  private static Tensor target(String name) {
    double[] values = GOLDEN.get(name + ".target");
    if (values.length == 12) {
      return Tensor.of(values, 4, 3);
    }
    return name.contains("sequence") ? Tensor.of(values, 2, 2) : Tensor.of(values, 4);
  }

  @ParameterizedTest
  @MethodSource("names")
  void valuesAndGradientsAreThoseOfKeras(String name) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      try (TensorScope scope = TensorScope.open()) {
        Tensor x = prediction(name).cast(dtype).detach().requiresGrad();
        Tensor loss = LOSSES.get(name).perSample(target(name), x);
        assertThat(loss.dtype()).isEqualTo(dtype);
        Tensor gradient = Autograd.grad(loss.sum(), x);
        boolean narrow = dtype == DType.FLOAT32;
        // The float32 nearest to 1 - 1e-7 is 1.2e-7 away from 1.
        boolean rounded = narrow && name.equals("binary_certain");
        assertClose(loss, GOLDEN.get(name + ".loss"), rounded ? 1e-2 : 1e-6);
        assertClose(gradient, GOLDEN.get(name + ".gradient"), narrow ? 2e-5 : 1e-6);
      }
    }
  }

  private static void assertClose(Tensor actual, double[] expected, double relative) {
    double[] values = actual.toNDArray().doubles();
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i])
          .isCloseTo(expected[i], within(relative * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientsMatchFiniteDifferences(String name) {
    // Where the values are kept from 0 and 1 the function has corners.
    if (name.endsWith("certain")) {
      return;
    }
    double step = 1e-6;
    try (TensorScope scope = TensorScope.open()) {
      Tensor x = prediction(name).requiresGrad();
      double[] analytic =
          Autograd.grad(LOSSES.get(name).perSample(target(name), x).sum(), x).toNDArray().doubles();
      double[] values = x.toNDArray().doubles();
      for (int i = 0; i < values.length; i++) {
        double numeric = (at(name, values, i, step) - at(name, values, i, -step)) / (2 * step);
        assertThat(analytic[i]).isCloseTo(numeric, within(1e-6 * Math.max(1, Math.abs(numeric))));
      }
    }
  }

  private static double at(String name, double[] values, int place, double by) {
    double[] moved = values.clone();
    moved[place] += by;
    Tensor x = Tensor.of(moved, prediction(name).shape().dims());
    return LOSSES.get(name).perSample(target(name), x).sum().item();
  }

  @ParameterizedTest
  @EnumSource(names = {"INT32", "INT64", "FLOAT32", "FLOAT64"})
  void classNumbersOfAnyTypeAndWithALastAxisOfOneGiveTheSame(DType dtype) {
    try (TensorScope scope = TensorScope.open()) {
      Tensor labels = target("sparse_logits").cast(dtype);
      Tensor x = prediction("sparse_logits");
      double[] expected = GOLDEN.get("sparse_logits.loss");
      assertClose(SPARSE_LOGITS.perSample(labels, x), expected, 1e-12);
      assertClose(SPARSE_LOGITS.perSample(labels.expandDims(1), x), expected, 1e-12);
    }
  }
}
