package io.dendra.nn.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.Backends;
import io.dendra.nn.Golden;
import io.dendra.nn.OwnDevice;
import io.dendra.ops.OpException;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricTest {
  private static final Golden GOLDEN = Golden.of(MetricTest.class, "metrics.txt");
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor tensor(String name) {
    double[] values = GOLDEN.get(name);
    return switch (values.length) {
      case 4 -> Tensor.of(values, 4);
      case 8 -> Tensor.of(values, 4, 2);
      case 12 -> Tensor.of(values, 4, 3);
      default -> Tensor.of(values, 4, 2, 3);
    };
  }

  @Test
  void valuesAreThoseOfKerasWithAndWithoutWeights() {
    Map<String, Metric> metrics = new LinkedHashMap<>();
    for (String name : GOLDEN.names()) {
      String kind = name.replaceAll("(_ties|_sequence|_threshold)?\\..*", "");
      if (name.endsWith("_threshold.target")) {
        metrics.put(name, new BinaryAccuracy(0.8));
      } else if (name.endsWith(".target")) {
        metrics.put(name, Metrics.of(kind));
      }
    }
    assertThat(metrics).hasSize(8);
    metrics.forEach((name, metric) -> check(name.replace(".target", ""), metric));
  }

  private static void check(String name, Metric metric) {
    Tensor weights = tensor("weights");
    for (boolean weighted : new boolean[] {false, true}) {
      metric.reset();
      for (int[] rows : new int[][] {{0, 3}, {3, 4}}) {
        metric.update(
            tensor(name + ".target").slice(0, rows[0], rows[1]).cast(DType.FLOAT32),
            tensor(name + ".prediction").slice(0, rows[0], rows[1]).cast(DType.FLOAT32),
            weighted ? weights.slice(0, rows[0], rows[1]).cast(DType.FLOAT32) : null);
      }
      double expected = GOLDEN.get(name + (weighted ? ".weighted" : ".plain"))[0];
      assertThat(metric.result()).as(name).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void accuracyGoesByTheShapes() {
    Tensor labels = Tensor.of(new int[] {1, 0});
    Tensor classes = Tensor.of(new float[] {0.1f, 0.9f, 0.2f, 0.8f}, 2, 2);
    Tensor oneHot = Tensor.of(new float[] {0, 1, 0, 1}, 2, 2);
    Tensor single = Tensor.of(new float[] {0.9f, 0.2f}, 2, 1);
    assertThat(accuracy(labels, classes)).isEqualTo(0.5);
    assertThat(accuracy(labels.expandDims(1), classes)).isEqualTo(0.5);
    assertThat(accuracy(labels.cast(DType.FLOAT32), classes)).isEqualTo(0.5);
    assertThat(accuracy(oneHot, classes)).isEqualTo(1);
    assertThat(accuracy(labels, single)).isEqualTo(1);
    assertThat(accuracy(labels.expandDims(1), single)).isEqualTo(1);
    assertThat(accuracy(labels, single.squeeze(1))).isEqualTo(1);
    assertThat(accuracy(labels.cast(DType.BOOL), single)).isEqualTo(1);
  }

  private static double accuracy(Tensor target, Tensor prediction) {
    Metric metric = Metrics.of("accuracy");
    metric.update(target, prediction, null);
    return metric.result();
  }

  @Test
  void aLambdaIsAMetric() {
    Metric bias = Metric.mean("bias", (target, prediction) -> prediction.sub(target));
    assertThat(bias.name()).isEqualTo("bias");
    assertThat(bias.result()).isNaN();
    Tensor target = Tensor.of(new float[] {1, 2});
    bias.update(target, Tensor.of(new float[] {2, 5}), null);
    assertThat(bias.result()).isEqualTo(2);
    bias.update(target, Tensor.of(new float[] {3, 3}), Tensor.of(new float[] {2, 0}));
    assertThat(bias.result()).isEqualTo((1.0 + 3 + 4) / 4);
    bias.reset();
    assertThat(bias.result()).isNaN();
    Metric hits = Metric.mean("hits", Tensor::eq);
    hits.update(target, Tensor.of(new float[] {1, 3}), null);
    assertThat(hits.result()).isEqualTo(0.5);
  }

  @Test
  void sumsDoNotDriftOverManyBatches() {
    Metric mean = Metric.mean("mean", (target, prediction) -> prediction);
    Tensor tenth = Tensor.of(new float[] {0.1f});
    for (int i = 0; i < 2_000; i++) {
      mean.update(tenth, tenth, null);
    }
    assertThat(mean.result()).isCloseTo(0.1f, within(1e-12));
  }

  @Test
  void theResultCanBeAskedForBetweenBatchesAndLeavesNothingOnTheDevice() {
    Device reference = OwnDevice.of("metrics");
    Backends.use(
        reference,
        () -> {
          Metric mse = Metrics.of("mse");
          Tensor zero = Tensor.zeros(2, 2);
          Tensor two = zero.add(2);
          Tensor weights = Tensor.ones(2);
          long before = OwnDevice.live(reference);
          mse.update(zero, two, null);
          assertThat(mse.result()).isEqualTo(4);
          mse.update(zero, zero, null);
          mse.update(zero, zero, weights);
          assertThat(mse.result()).isEqualTo(8.0 / 6);
          mse.update(zero, two, null);
          mse.reset();
          assertThat(OwnDevice.live(reference)).isEqualTo(before);
        });
  }

  @Test
  void aNameGivesANewMetricThatHasThisName() {
    for (String name : Metrics.REGISTRY.names()) {
      Metric metric = Metrics.of(name);
      assertThat(metric.name()).isEqualTo(name);
      assertThat(Metrics.of(name)).isNotSameAs(metric);
      Metric again = Metrics.REGISTRY.of(Metrics.REGISTRY.describe(metric));
      assertThat(again).hasSameClassAs(metric);
      assertThat(again.name()).isEqualTo(name);
    }
    assertThat(Metrics.REGISTRY.describe(new BinaryAccuracy(0.7)))
        .isEqualTo(Map.of("name", "binary_accuracy", "threshold", 0.7));
    assertThat(new BinaryAccuracy().named("hits").name()).isEqualTo("hits");
    assertThatThrownBy(() -> Metrics.of("accurcy")).hasMessageContaining("accuracy");
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    Tensor prediction = Tensor.zeros(2, 3);
    assertThatThrownBy(() -> accuracy(Tensor.zeros(4), prediction))
        .isInstanceOf(OpException.class)
        .hasMessageContaining("given target float32[4] and prediction float32[2, 3]");
    assertThatThrownBy(() -> accuracy(Tensor.zeros(2, 2), prediction))
        .hasMessageContaining("given target float32[2, 2] and prediction float32[2, 3]");
    assertThatThrownBy(() -> accuracy(Tensor.zeros(3), Tensor.zeros(2, 1)))
        .hasMessageContaining("given target float32[3] and a prediction of shape [2, 1]");
  }
}
