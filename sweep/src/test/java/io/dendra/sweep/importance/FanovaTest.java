package io.dendra.sweep.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.samplers.RandomSampler;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FanovaTest {
  /**
   * An additive function whose shares are known: the variance of 3x over 0 to 1 is 9/12; that of
   * the choices 0, 0 and 2 is 8/9; that of y = log10(rate) / 2 over a width of 2 is 4/12.
   */
  @Test
  void findsTheSharesOfAnAdditiveFunction() throws InterruptedException {
    try (Study study = Study.create("additive", o -> o.sampler(new RandomSampler()).seed(3))) {
      study.optimize(
          trial -> {
            double x = trial.suggestFloat("x", 0, 1);
            double rate = trial.suggestFloat("rate", 1e-4, 1, Scale.LOG);
            String kind = trial.suggestCategorical("kind", "a", "b", "c");
            trial.suggestInt("nothing", 0, 9);
            trial.suggestInt("fixed", 4, 4);
            return 3 * x + Math.log10(rate) / 2 + (kind.equals("c") ? 2 : 0);
          },
          o -> o.trials(500));
      Map<String, Double> shares = study.importances();
      assertThat(shares.keySet()).containsExactly("kind", "x", "rate", "nothing", "fixed");
      double all = 8.0 / 9 + 9.0 / 12 + 4.0 / 12;
      assertThat(shares.get("kind")).isCloseTo(8.0 / 9 / all, within(0.03));
      assertThat(shares.get("x")).isCloseTo(9.0 / 12 / all, within(0.03));
      assertThat(shares.get("rate")).isCloseTo(4.0 / 12 / all, within(0.03));
      assertThat(shares.get("nothing")).isBetween(0.0, 0.01);
      assertThat(shares).containsEntry("fixed", 0.0);
      assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
          .isCloseTo(1, within(1e-9));
      assertThat(study.importances()).isEqualTo(shares);
      assertThat(new Fanova().seed(1).evaluate(study.snapshot())).isNotEqualTo(shares);
    }
  }

  @Test
  void parametersThatSomeTrialsLackCountOnRequest() throws InterruptedException {
    try (Study study = Study.create("conditional", o -> o.sampler(new RandomSampler()).seed(4))) {
      study.optimize(
          trial -> {
            double x = trial.suggestFloat("x", 0, 1);
            return trial.suggestBoolean("deep") ? x + 5 * trial.suggestFloat("depth", 0, 1) : x;
          },
          o -> o.trials(100));
      assertThat(study.importances()).containsOnlyKeys("x", "deep");
      assertThat(new Fanova().parameters("x", "depth").evaluate(study.snapshot()))
          .containsOnlyKeys("x", "depth")
          .hasEntrySatisfying("depth", share -> assertThat(share).isGreaterThan(0.8));
      assertThatThrownBy(() -> new Fanova().parameters("width").evaluate(study.snapshot()))
          .hasMessageContaining("width")
          .hasMessageContaining("[deep, depth, x]");
    }
  }

  @Test
  void saysNothingOfTooLittle() throws InterruptedException {
    try (Study study = Study.create("constant", o -> {})) {
      assertThat(study.importances()).isEmpty();
      study.optimize(
          trial -> {
            trial.suggestFloat("x", 0, 1);
            return trial.number() == 9 ? Double.POSITIVE_INFINITY : 7;
          },
          o -> o.trials(1));
      assertThat(study.importances()).containsExactly(Map.entry("x", 0.0));
      study.optimize(
          trial -> {
            trial.suggestFloat("x", 0, 1);
            return trial.number() == 9 ? Double.POSITIVE_INFINITY : 7;
          },
          o -> o.trials(20));
      assertThat(study.importances()).containsExactly(Map.entry("x", 0.0));
    }
  }

  @Test
  void looksAtOneOfSeveralObjectives() throws InterruptedException {
    try (Study study =
        Study.create("several", o -> o.directions(Direction.MINIMIZE, Direction.MAXIMIZE))) {
      RandomStream random = new RandomStream(RandomKey.of(1));
      study.optimize(
          Objective.several(
              trial ->
                  new double[] {
                    trial.suggestFloat("x", 0, 1) + 0.01 * random.nextDouble(),
                    trial.suggestFloat("y", 0, 1)
                  }),
          o -> o.trials(60));
      StudySnapshot snapshot = study.snapshot();
      assertThat(new Fanova().evaluate(snapshot).get("x")).isGreaterThan(0.9);
      assertThat(new Fanova().objective(1).evaluate(snapshot).get("y")).isGreaterThan(0.9);
      assertThatThrownBy(() -> new Fanova().objective(2).evaluate(snapshot))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(study::importances).isInstanceOf(IllegalStateException.class);
    }
  }
}
