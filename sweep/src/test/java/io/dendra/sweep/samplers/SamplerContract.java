package io.dendra.sweep.samplers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.backend.Backends;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyOptions;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every sampler has to do. A sampler passes by a class of a line:
 *
 * <pre>{@code
 * class MySamplerTest extends SamplerContract {
 *   @Override protected Sampler sampler(Map<String, Distribution> space) { return new MySampler(); }
 * }
 * }</pre>
 */
@Timeout(120)
public abstract class SamplerContract {
  private static final Map<String, Distribution> EVERYTHING = everything();
  private static final Map<String, Distribution> PLAIN =
      new TreeMap<>(
          Map.of(
              "a", new FloatDistribution(-2, 3, false, 0),
              "b", new FloatDistribution(1e-4, 1, true, 0),
              "c", new IntDistribution(1, 20, false, 1),
              "d", new CategoricalDistribution(List.of("x", "y", "z"))));

  /**
   * A new sampler.
   *
   * @param space the parameters that it will be asked for: for samplers that have to know them
   */
  protected abstract Sampler sampler(Map<String, Distribution> space);

  /** Whether it takes studies of several objectives; else it has to say that it does not. */
  protected boolean takesSeveralObjectives() {
    return true;
  }

  private static Map<String, Distribution> everything() {
    Map<String, Distribution> all = new LinkedHashMap<>();
    all.put("float", new FloatDistribution(-1, 1, false, 0));
    all.put("log", new FloatDistribution(1e-6, 1, true, 0));
    all.put("stepped", new FloatDistribution(0, 1, false, 0.1));
    all.put("two ends", new FloatDistribution(-1, 1, false, 2));
    all.put("tiny", new FloatDistribution(1, Math.nextUp(1.0), false, 0));
    all.put("tiny log", new FloatDistribution(1, Math.nextUp(1.0), true, 0));
    all.put("huge", new FloatDistribution(-1e308, 1e308, false, 0));
    all.put("huge log", new FloatDistribution(1e-300, 1e300, true, 0));
    all.put("one float", new FloatDistribution(3, 3, false, 0));
    all.put("int", new IntDistribution(-3, 3, false, 1));
    all.put("int log", new IntDistribution(1, 1000, true, 1));
    all.put("int step", new IntDistribution(0, 100, false, 7));
    all.put("huge int", new IntDistribution(-(1L << 53), 1L << 53, false, 1));
    all.put("huge int log", new IntDistribution(1, 1L << 53, true, 1));
    all.put("one int", new IntDistribution(5, 5, false, 1));
    all.put("choice", new CategoricalDistribution(Arrays.asList("s", null, true, 3, 0.5)));
    all.put("one choice", new CategoricalDistribution(List.of("only")));
    return all;
  }

  private Study study(Map<String, Distribution> space, Consumer<StudyOptions> settings) {
    return Study.create("contract", o -> settings.accept(o.sampler(sampler(space)).seed(11)));
  }

  /** Suggests all parameters and gives a number that depends on each. */
  private static double sum(Trial trial, Map<String, Distribution> space) {
    double sum = 0;
    for (Map.Entry<String, Distribution> parameter : space.entrySet()) {
      Distribution distribution = parameter.getValue();
      double internal = distribution.encode(trial.suggest(parameter.getKey(), distribution));
      assertThat(distribution.contains(internal))
          .as("%s of %s is %s", parameter.getKey(), distribution, internal)
          .isTrue();
      sum += internal / (1 + Math.abs(internal));
    }
    return sum;
  }

  /** Runs trials one after another until the study has so many, or the sampler has no more. */
  private static void run(Study study, int trials, ToDoubleFunction<Trial> objective) {
    Optional<Trial> trial = study.ask(trials, Backends.defaultDevice());
    while (trial.isPresent()) {
      study.tell(trial.get(), objective.applyAsDouble(trial.get()));
      trial = study.ask(trials, Backends.defaultDevice());
    }
  }

  private static List<Map<String, Object>> parameters(Study study) {
    return study.trials().stream().map(TrialRecord::parameterValues).toList();
  }

  @Test
  void valuesLieInTheirDistributions() {
    try (Study study = study(EVERYTHING, o -> {})) {
      run(study, 60, trial -> sum(trial, EVERYTHING));
      assertThat(study.trials()).hasSize(60).allMatch(t -> t.state() == TrialState.COMPLETE);
    }
  }

  @Test
  void valuesVary() {
    try (Study study = study(PLAIN, o -> {})) {
      run(study, 12, trial -> sum(trial, PLAIN));
      assertThat(parameters(study)).extracting(values -> values.get("a")).doesNotContainNull();
      assertThat(parameters(study).stream().distinct().count()).isGreaterThan(8);
    }
  }

  @Test
  void parametersMayDependOnOthers() {
    try (Study study = study(PLAIN, o -> {})) {
      run(study, 50, SamplerContract::conditional);
      assertThat(study.trials()).allMatch(trial -> trial.state() == TrialState.COMPLETE);
    }
  }

  private static double conditional(Trial trial) {
    Object kind = trial.suggest("d", PLAIN.get("d"));
    if ("x".equals(kind)) {
      return ((Number) trial.suggest("a", PLAIN.get("a"))).doubleValue();
    }
    double value = ((Number) trial.suggest("b", PLAIN.get("b"))).doubleValue();
    return "y".equals(kind)
        ? value
        : value + ((Number) trial.suggest("c", PLAIN.get("c"))).doubleValue();
  }

  @Test
  void boundsMayMove() {
    assumeTrue(sampler(PLAIN).limit().isEmpty(), "a sampler of given values has no bounds");
    try (Study study = study(PLAIN, o -> {})) {
      for (int width : new int[] {10, 3, 40}) {
        Map<String, Distribution> space =
            Map.of(
                "a", new FloatDistribution(-width, width, false, 0),
                "b", new FloatDistribution(1.0 / width, width, true, 0),
                "c", new IntDistribution(width, 2L * width, false, width % 2 + 1));
        run(study, study.trials().size() + 25, trial -> sum(trial, space));
      }
      assertThat(study.trials()).hasSize(75);
    }
  }

  @Test
  void trialsMayBePrunedFailRunAndBeEnqueued() {
    try (Study study = study(PLAIN, o -> {})) {
      study.enqueue(Map.of("a", 0.5));
      for (int i = 0; i < 60; i++) {
        Trial trial = study.ask();
        double value = sum(trial, PLAIN);
        switch (i % 5) {
          case 0 -> study.tellFailed(trial, new IllegalStateException("no luck"));
          case 1 -> {
            trial.report(i, i % 2 == 0 ? value : Double.NaN);
            study.tellPruned(trial);
          }
          case 2 -> trial.report(0, value);
          case 3 -> study.tellPruned(trial);
          default -> study.tell(trial, value);
        }
      }
      assertThat(study.trials().get(0).parameterValues()).containsEntry("a", 0.5);
      assertThat(study.snapshot().in(TrialState.RUNNING)).hasSize(12);
    }
  }

  @Test
  void valuesMayBeInfiniteOrMissing() {
    double[] values = {1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 1e308};
    try (Study study = study(PLAIN, o -> o.directions(Direction.MAXIMIZE))) {
      run(study, 60, trial -> sum(trial, PLAIN) > 99 ? 0 : values[trial.number() % values.length]);
      assertThat(study.trials()).hasSize(60);
    }
  }

  @Test
  void anObjectiveMayHaveNoParameters() {
    try (Study study = study(PLAIN, o -> {})) {
      run(study, 20, trial -> trial.number());
      assertThat(study.trials()).hasSize(20);
    }
  }

  @Test
  void severalObjectivesAreTakenOrRefused() {
    Direction[] three = {Direction.MINIMIZE, Direction.MAXIMIZE, Direction.MINIMIZE};
    for (int count = 2; count <= 3; count++) {
      Direction[] directions = Arrays.copyOf(three, count);
      try (Study study = study(PLAIN, o -> o.directions(directions))) {
        if (!takesSeveralObjectives()) {
          assertThatThrownBy(study::ask)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("objective");
          continue;
        }
        for (int i = 0; i < 70; i++) {
          Trial trial = study.ask();
          double sum = sum(trial, PLAIN);
          double[] values = {sum, i % 7 == 0 ? Double.POSITIVE_INFINITY : sum * sum, -i};
          study.tell(trial, Arrays.copyOf(values, directions.length));
        }
        assertThat(study.bestTrials()).isNotEmpty();
      }
    }
  }

  @Test
  void oneSeedGivesTheSameTrials() {
    List<List<Map<String, Object>>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (Study study = study(PLAIN, o -> {})) {
        run(study, 40, trial -> sum(trial, PLAIN));
        runs.add(parameters(study));
      }
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1));
    try (Study study = study(PLAIN, o -> o.seed(12))) {
      run(study, 40, trial -> sum(trial, PLAIN));
      assertThat(parameters(study)).isNotEqualTo(runs.get(0));
    }
  }

  @Test
  void studiesThatShareASamplerDoNotMix() {
    Sampler shared = sampler(PLAIN);
    try (Study alone = study(PLAIN, o -> {});
        Study one = Study.create("one", o -> o.sampler(shared).seed(11));
        Study other = Study.create("other", o -> o.sampler(shared).seed(3))) {
      run(alone, 40, trial -> sum(trial, PLAIN));
      for (int i = 1; i <= 40; i++) {
        run(one, i, trial -> sum(trial, PLAIN));
        run(other, i, trial -> -sum(trial, PLAIN));
      }
      assertThat(parameters(one)).isEqualTo(parameters(alone));
    }
  }

  @Test
  void trialsOfManyWorkersCanBeDrawnAgain() throws InterruptedException {
    try (Study study = study(PLAIN, o -> {})) {
      study.optimize(
          trial -> {
            double sum = sum(trial, PLAIN);
            if (trial.number() % 6 == 5) {
              trial.report(trial.number() % 4, sum);
              throw new TrialPrunedException();
            }
            Thread.sleep(trial.number() % 3);
            return sum;
          },
          o -> o.trials(120).workers(4));
      assertThat(study.trials()).isNotEmpty();
      for (TrialRecord trial : study.trials()) {
        assertThat(study.redraw(trial.number()))
            .as("trial %d", trial.number())
            .isEqualTo(trial.parameterValues());
      }
    }
  }

  @Test
  void aThousandTrialsAreDrawn() {
    try (Study study = study(PLAIN, o -> {})) {
      int most = Math.min(1000, sampler(PLAIN).limit().orElse(1000));
      run(study, 1000, trial -> sum(trial, PLAIN));
      assertThat(study.trials()).hasSize(most);
    }
  }
}
