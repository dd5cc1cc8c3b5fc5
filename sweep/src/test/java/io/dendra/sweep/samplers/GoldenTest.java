package io.dendra.sweep.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import io.dendra.sweep.pareto.Hypervolume;
import io.dendra.sweep.pareto.HypervolumeSubset;
import io.dendra.sweep.pareto.NonDominatedSort;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Against Optuna, SciPy and cmaes: {@code src/test/golden/samplers.py} made the values. */
class GoldenTest {
  private static final Map<String, Distribution> SPACE =
      new TreeMap<>(
          Map.of(
              "a", new FloatDistribution(-2, 3, false, 0),
              "b", new FloatDistribution(1e-4, 1, true, 0),
              "c", new FloatDistribution(0, 1, false, 0.1),
              "d", new IntDistribution(1, 20, false, 1),
              "e", new IntDistribution(1, 1000, true, 1),
              "f", new IntDistribution(0, 100, false, 7),
              "g", new CategoricalDistribution(List.of("x", "y", "z"))));

  private final JsonNode golden = read();

  private static JsonNode read() {
    try {
      return new ObjectMapper().readTree(GoldenTest.class.getResource("golden.json"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[] vector(JsonNode node) {
    double[] vector = new double[node.size()];
    Arrays.setAll(vector, i -> node.get(i).asDouble());
    return vector;
  }

  private static double[][] matrix(JsonNode node) {
    double[][] matrix = new double[node.size()][];
    Arrays.setAll(matrix, i -> vector(node.get(i)));
    return matrix;
  }

  private static double[][] columns(JsonNode node) {
    return SPACE.keySet().stream().map(name -> vector(node.get(name))).toArray(double[][]::new);
  }

  @Test
  void densitiesAreOptunas() {
    assertThat(golden.get("parzen")).hasSize(5);
    // Ours are those of the unit cube.
    double volume = Math.log(5) + Math.log(Math.log(1e4));
    for (JsonNode each : golden.get("parzen")) {
      TpeOptions options =
          new TpeOptions()
              .magicClip(each.get("magicClip").asBoolean())
              .considerEndpoints(each.get("considerEndpoints").asBoolean());
      double[][] seen = columns(each.get("seen"));
      int count = seen[0].length;
      int d = 0;
      for (Distribution distribution : SPACE.values()) {
        double[] column = seen[d++];
        if (!(distribution instanceof CategoricalDistribution)) {
          Arrays.setAll(column, i -> UnitInterval.toUnit(distribution, column[i]));
        }
      }
      ParzenEstimator estimator =
          new ParzenEstimator(
              SPACE.values(),
              Observations.of(seen, count),
              options.kernelWeights(count, false),
              options);
      double[] densities = estimator.logDensities(columns(each.get("points")));
      double[] expected = vector(each.get("logDensities"));
      for (int i = 0; i < expected.length; i++) {
        assertThat(densities[i] - volume).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @Test
  void theNormalDistributionIsScipys() {
    JsonNode normal = golden.get("normal");
    double[] x = vector(normal.get("x"));
    for (int i = 0; i < x.length; i++) {
      assertThat(NormalDistribution.cumulative(x[i]))
          .isCloseTo(normal.get("cumulative").get(i).asDouble(), Percentage.withPercentage(1e-10));
      assertThat(NormalDistribution.logCumulative(x[i]))
          .isCloseTo(
              normal.get("logCumulative").get(i).asDouble(), within(1e-11 * (1 + x[i] * x[i])));
    }
    double[] p = vector(normal.get("p"));
    for (int i = 0; i < p.length; i++) {
      assertThat(NormalDistribution.quantile(p[i]))
          .isCloseTo(normal.get("quantile").get(i).asDouble(), within(1e-12 * 40));
    }
  }

  @Test
  void sobolPointsAreScipys() {
    JsonNode sobol = golden.get("sobol");
    SobolSequence sequence = new SobolSequence();
    assertThat(sequence.dimensions()).isEqualTo(256);
    for (int i = 0; i < sobol.get("indices").size(); i++) {
      for (int d = 0; d < sobol.get("dimensions").size(); d++) {
        int bits =
            sequence.bits(
                sobol.get("indices").get(i).asInt(), sobol.get("dimensions").get(d).asInt());
        assertThat((bits & 0xFFFFFFFFL) * 0x1.0p-32)
            .isCloseTo(sobol.get("values").get(i).get(d).asDouble(), within(1e-9));
      }
    }
  }

  @Test
  void scrambledPointsAreAsEvenAsOthers() {
    SobolSequence sequence = new SobolSequence();
    for (int dimension : new int[] {0, 5, 100}) {
      boolean[] taken = new boolean[64];
      for (int i = 0; i < 64; i++) {
        taken[sequence.scrambledBits(i, dimension, 12345) >>> 26] = true;
      }
      assertThat(taken).doesNotContain(false);
    }
  }

  @Test
  void frontsAndVolumesAreOptunas() {
    for (JsonNode each : golden.get("fronts")) {
      double[][] losses = matrix(each.get("losses"));
      double[] reference = vector(each.get("reference"));
      assertThat(vector(each.get("ranks")))
          .isEqualTo(Arrays.stream(NonDominatedSort.ranks(losses)).asDoubleStream().toArray());
      assertThat(Hypervolume.of(losses, reference))
          .isCloseTo(each.get("volume").asDouble(), within(1e-9));
      double[][] front = matrix(each.get("front"));
      assertThat(HypervolumeSubset.choose(front, reference, 3))
          .isEqualTo(Arrays.stream(vector(each.get("chosen"))).mapToInt(x -> (int) x).toArray());
    }
  }

  @Test
  void generationsOfCmaAreThoseOfCmaes() {
    CmaState state = new CmaState(new double[] {0.4, 0.5, 0.6}, 0.3);
    assertThat(golden.get("cma")).hasSize(4);
    for (JsonNode generation : golden.get("cma")) {
      state = state.next(List.of(matrix(generation.get("points"))));
      assertThat(state.mean).containsExactly(vector(generation.get("mean")), within(1e-9));
      assertThat(state.size).isCloseTo(generation.get("size").asDouble(), within(1e-9));
      for (int i = 0; i < 3; i++) {
        assertThat(state.covariance[i])
            .containsExactly(vector(generation.get("covariance").get(i)), within(1e-9));
      }
    }
  }
}
