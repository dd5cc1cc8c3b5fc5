package io.dendra.sweep.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SamplersTest {
  private static double median(Supplier<Sampler> sampler, String function) {
    double[] bests = SamplerComparison.bests(sampler, StandardFunctions.all().get(function), 0, 10);
    return SamplerComparison.quantile(bests, 0.5);
  }

  @Test
  void learningBeatsRandomPointsByFar() {
    double random = median(RandomSampler::new, "rosenbrock-5");
    assertThat(median(TpeSampler::new, "rosenbrock-5")).isLessThan(random / 5);
    assertThat(median(CmaEsSampler::new, "rosenbrock-5")).isLessThan(random / 5);
    double hartmann = median(RandomSampler::new, "hartmann-6");
    assertThat(median(TpeSampler::new, "hartmann-6")).isLessThan(hartmann - 0.5);
    assertThat(median(CmaEsSampler::new, "hartmann-6")).isLessThan(hartmann - 0.5);
  }

  @Test
  void theStudyEndsWhenItsGridIsTried() throws InterruptedException {
    Sampler grid =
        new GridSampler(
            Map.of(
                "units", List.of(16, 32, 64), "act", List.of("relu", "tanh"), "x", List.of(0.5)));
    try (Study study = Study.create("grid", o -> o.sampler(grid))) {
      study.enqueue(Map.of("units", 32, "act", "tanh", "x", 0.1));
      for (int trials : new int[] {3, 100}) {
        study.optimize(SamplersTest::cost, o -> o.trials(trials).workers(4));
      }
      assertThat(study.trials()).hasSize(7);
      assertThat(study.trials().subList(1, 7))
          .extracting(TrialRecord::parameterValues)
          .doesNotHaveDuplicates()
          .allMatch(values -> values.get("x").equals(0.5));
      assertThatThrownBy(study::ask)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("tried all");
    }
  }

  private static double cost(Trial trial) {
    return trial.suggestInt("units", 16, 64, 16)
        + trial.suggestCategorical("act", "relu", "tanh").length()
        + trial.suggestFloat("x", 0, 1);
  }

  @Test
  void aGridSaysWhatItLacks() {
    Sampler grid = new GridSampler(Map.of("x", List.of(7)));
    try (Study study = Study.create("grid", o -> o.sampler(grid))) {
      Trial trial = study.ask();
      assertThatThrownBy(() -> trial.suggestFloat("y", 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'y'")
          .hasMessageContaining("[x]");
      assertThatThrownBy(() -> trial.suggestFloat("x", 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("7")
          .hasMessageContaining("outside");
    }
  }

  /** Minimise x and 1 - x where y is 0: many trials on the front. */
  @Test
  void severalObjectivesAreBroughtToTheirFront() {
    for (Supplier<Sampler> sampler :
        List.<Supplier<Sampler>>of(
            TpeSampler::new, () -> new NsgaIiSampler(o -> o.population(20)))) {
      double random = nearFront(RandomSampler::new);
      assertThat(nearFront(sampler)).isGreaterThan(2 * random);
    }
  }

  private static double nearFront(Supplier<Sampler> sampler) {
    try (Study study =
        Study.create(
            "front",
            o -> o.sampler(sampler.get()).directions(Direction.MINIMIZE, Direction.MAXIMIZE))) {
      for (int i = 0; i < 150; i++) {
        Trial trial = study.ask();
        double x = trial.suggestFloat("x", 0, 1);
        double y = trial.suggestFloat("y", -1, 1);
        study.tell(trial, x + y * y, x - y * y);
      }
      return study.trials().stream()
          .filter(trial -> Math.abs((Double) trial.parameterValues().get("y")) < 0.1)
          .count();
    }
  }

  @Test
  void theFrontOfAStudyHasNoTrialThatAnotherBeats() {
    try (Study study =
        Study.create("front", o -> o.directions(Direction.MINIMIZE, Direction.MAXIMIZE))) {
      double[][] values = {{1, 1}, {2, 2}, {2, 1}, {0, 0}, {1, 1}};
      for (double[] value : values) {
        study.tell(study.ask(), value);
      }
      assertThat(study.bestTrials()).extracting(TrialRecord::number).containsExactly(0, 1, 3, 4);
    }
  }

  @Test
  void trialsThatRunAreKeptAwayFrom() {
    double apart = 0;
    for (boolean liar : new boolean[] {false, true}) {
      try (Study study =
          Study.create("liar", o -> o.sampler(new TpeSampler(t -> t.constantLiar(liar))))) {
        for (int i = 0; i < 30; i++) {
          Trial trial = study.ask();
          study.tell(trial, Math.abs(trial.suggestFloat("x", 0, 1) - 0.5));
        }
        double[] places = new double[20];
        for (int i = 0; i < places.length; i++) {
          places[i] = study.ask().suggestFloat("x", 0, 1);
        }
        double mean = Arrays.stream(places).average().orElseThrow();
        double spread = Arrays.stream(places).map(x -> Math.abs(x - mean)).average().orElseThrow();
        assertThat(spread).isGreaterThan(1.2 * apart);
        apart = spread;
        assertThat(study.snapshot().in(TrialState.RUNNING)).hasSize(20);
      }
    }
  }

  /** A whole number whose best value is away from the start: without a margin it would freeze. */
  @Test
  void cmaMovesWholeNumbers() {
    double[] bests =
        SamplerComparison.bests(
            CmaEsSampler::new,
            trial ->
                Math.abs(trial.suggestInt("n", 0, 4) - 4)
                    + Math.abs(trial.suggestInt("m", 0, 40) - 3) * 0.1
                    + Math.pow(trial.suggestFloat("x", -1, 1) - 0.3, 2),
            0,
            10);
    assertThat(SamplerComparison.quantile(bests, 0.5)).isLessThan(0.02);
  }

  @Test
  void cmaStartsElsewhereWhenItHasConverged() {
    CmaEsOptions options = new CmaEsOptions().restart(CmaEsOptions.Restart.IPOP).population(4);
    CmaRun run = CmaRun.start(options, 2, 1);
    List<double[]> same = List.of(new double[2], new double[2], new double[2], new double[2]);
    for (int i = 0; i < 2000 && run.restarts() == 0; i++) {
      run = run.next(options, same, new int[2], RandomKey.of(1), i);
    }
    assertThat(run.restarts()).isEqualTo(1);
    assertThat(run.population()).isEqualTo(8);
    assertThat(run.state().mean).doesNotContain(0.0);
  }
}
