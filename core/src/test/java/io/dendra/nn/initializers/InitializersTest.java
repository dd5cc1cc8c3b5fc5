package io.dendra.nn.initializers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializersTest {
  private static final Device REFERENCE = Device.of("reference");
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor draw(Initializer initializer, long... shape) {
    return initializer.initialize(RandomKey.of(5), Shape.of(shape), DType.FLOAT32, REFERENCE);
  }

  /** The deviations follow from the fans of the kernel [3, 3, 20, 50]: 180 in and 450 out. */
  @ParameterizedTest
  @CsvSource({
    "glorot_uniform, 0.056343617, 0.097590007",
    "glorot_normal, 0.056343617, 0.128108",
    "he_uniform, 0.105409255, 0.182574186",
    "he_normal, 0.105409255, 0.239668",
    "lecun_uniform, 0.074535599, 0.129099445",
    "lecun_normal, 0.074535599, 0.169471",
    "random_normal, 0.05, 1",
    "random_uniform, 0.028867513, 0.05",
    "truncated_normal, 0.043981283, 0.1",
  })
  void drawsHaveTheirDeviationAndBound(String name, double deviation, double bound) {
    double[] values = draw(Initializers.of(name), 3, 3, 20, 50).toNDArray().doubles();
    DoubleSummaryStatistics range = Arrays.stream(values).summaryStatistics();
    double squares = Arrays.stream(values).map(value -> value * value).average().orElseThrow();
    assertThat(range.getAverage()).isCloseTo(0, within(4 * deviation / Math.sqrt(values.length)));
    assertThat(Math.sqrt(squares)).isCloseTo(deviation, within(0.03 * deviation));
    assertThat(Math.max(range.getMax(), -range.getMin())).isLessThanOrEqualTo(bound * 1.00001);
  }

  @Test
  void fansOfRowsMatricesAndKernels() {
    assertThat(VarianceScaling.fanIn(Shape.of(7))).isEqualTo(7);
    assertThat(VarianceScaling.fanOut(Shape.of(7))).isEqualTo(7);
    assertThat(VarianceScaling.fanIn(Shape.of(3, 5))).isEqualTo(3);
    assertThat(VarianceScaling.fanOut(Shape.of(3, 5))).isEqualTo(5);
    assertThat(VarianceScaling.fanIn(Shape.of(3, 2, 4, 8))).isEqualTo(24);
    assertThat(VarianceScaling.fanOut(Shape.of(3, 2, 4, 8))).isEqualTo(48);
  }

  @Test
  void theModeChoosesTheFan() {
    Initializer byOut = Initializers.varianceScaling(2, "fan_out", "uniform");
    double limit = Math.sqrt(3 * 2.0 / 50);
    double greatest = draw(byOut, 20, 50).abs().max().item();
    assertThat(greatest).isLessThanOrEqualTo(limit * 1.00001).isGreaterThan(0.98 * limit);
  }

  @ParameterizedTest
  @CsvSource({"6, 6", "5, 20", "20, 5", "40, 100", "100, 40"})
  void orthogonalRowsOrColumnsAreOrthonormal(int rows, int columns) {
    Tensor q = draw(Initializers.orthogonal(2), rows, columns);
    Tensor products = rows < columns ? q.matmul(q.transpose()) : q.transpose().matmul(q);
    int n = Math.min(rows, columns);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        assertThat(products.toNDArray().getDouble(i, j)).isCloseTo(i == j ? 4 : 0, within(1e-5));
      }
    }
    assertThat(draw(Initializers.orthogonal(2), rows, columns).toNDArray())
        .isEqualTo(q.toNDArray());
  }

  @Test
  void constantsAndIdentity() {
    assertThat(draw(Initializers.constant(3), 2).toNDArray().floats()).containsExactly(3, 3);
    assertThat(draw(Initializers.of("constant"), 2).toNDArray().floats()).containsExactly(0, 0);
    assertThat(draw(Initializers.IDENTITY, 2, 3).toNDArray().floats())
        .containsExactly(1, 0, 0, 0, 1, 0);
  }

  @Test
  void descriptionsMakeTheSameInitializer() {
    for (String name : Initializers.REGISTRY.names()) {
      Initializer made = Initializers.of(name);
      assertThat(Initializers.REGISTRY.of(Initializers.REGISTRY.describe(made))).isEqualTo(made);
    }
    assertThat(Initializers.REGISTRY.describe(Initializers.HE_NORMAL)).isEqualTo("he_normal");
    Initializer special = Initializers.varianceScaling(3, "fan_in", "untruncated_normal");
    assertThat(Initializers.REGISTRY.of(Initializers.REGISTRY.describe(special)))
        .isEqualTo(special);
  }

  @Test
  void whatCannotBeDrawnIsAnError() {
    assertThatThrownBy(() -> draw(Initializers.ORTHOGONAL, 4))
        .hasMessage("orthogonal draws weights of at least 2 dimensions, given shape [4]");
    assertThatThrownBy(() -> draw(Initializers.IDENTITY, 4)).hasMessageContaining("given shape");
    assertThatThrownBy(() -> Initializers.randomUniform(1, 0)).hasMessageContaining("given 1.0");
    assertThatThrownBy(() -> Initializers.randomNormal(0, -1)).hasMessageContaining("stddev");
    assertThatThrownBy(() -> Initializers.varianceScaling(0, "fan_in", "uniform"))
        .hasMessageContaining("scale above 0");
    assertThatThrownBy(() -> Initializers.varianceScaling(1, "fan", "uniform"))
        .hasMessageContaining("fan_in, fan_out, fan_avg");
    assertThatThrownBy(() -> Initializers.of("he_norml")).hasMessageContaining("he_normal");
  }
}
