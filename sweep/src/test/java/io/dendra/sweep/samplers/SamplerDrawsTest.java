package io.dendra.sweep.samplers;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Direction;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.distributions.Distribution;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * That samplers, which remember what they worked out, draw what they drew when they did not: in
 * studies with conditions, moving bounds, trials that run, are pruned or fail. The prints of the
 * draws were taken before anything was remembered.
 */
class SamplerDrawsTest {
  private static final int TRIALS = 240;

  @Test
  void treeStructuredParzenEstimatorsDrawAsEver() {
    assertThat(print(TpeSampler::new, Direction.MINIMIZE)).isEqualTo("3a24d6c18e6300a5");
    assertThat(print(() -> new TpeSampler(o -> o.group(false).considerEndpoints(true))))
        .isEqualTo("62b44430774d02b5");
    assertThat(print(() -> new TpeSampler(o -> o.multivariate(false).magicClip(false))))
        .isEqualTo("868f4208e8b46dc4");
    assertThat(print(() -> new TpeSampler(o -> o.gamma(n -> n / 2).constantLiar(false))))
        .isEqualTo("5692fe000cf7eedd");
    assertThat(print(TpeSampler::new, Direction.MINIMIZE, Direction.MAXIMIZE))
        .isEqualTo("64a11794e9927fc0");
  }

  @Test
  void evolutionStrategiesDrawAsEver() {
    assertThat(print(CmaEsSampler::new)).isEqualTo("5694bfa08032276d");
    assertThat(print(() -> new CmaEsSampler(o -> o.population(5).margin(false))))
        .isEqualTo("fd00b0bc539b5a29");
  }

  @Test
  void geneticAlgorithmsDrawAsEver() {
    assertThat(print(() -> new NsgaIiSampler(o -> o.population(20)))).isEqualTo("571078b3b7904834");
    assertThat(print(NsgaIiSampler::new, Direction.MINIMIZE, Direction.MAXIMIZE))
        .isEqualTo("869d96fa1ce77665");
  }

  private static String print(Supplier<Sampler> sampler) {
    return print(sampler, Direction.MAXIMIZE);
  }

  /** Three trials run at a time; those that were begun first end first. */
  private static String print(Supplier<Sampler> sampler, Direction... directions) {
    Sampler warm = sampler.get();
    try (Study study = Study.create("draws", o -> o.sampler(warm).seed(7).directions(directions))) {
      Queue<Trial> running = new ArrayDeque<>();
      for (int i = 0; i < TRIALS; i++) {
        Trial trial = study.ask();
        suggest(trial);
        running.add(trial);
        if (running.size() == 3) {
          end(study, running.remove());
        }
        if (i % 20 == 19) {
          StudySnapshot seen = study.snapshot();
          assertThat(draw(warm, seen, i)).isEqualTo(draw(sampler.get(), seen, i));
        }
      }
      return print(study);
    }
  }

  private static void suggest(Trial trial) {
    int number = trial.number();
    trial.suggestFloat("x", -5, number < 100 ? 5 : 4);
    trial.suggestFloat("y", -2, 3);
    trial.suggestFloat("rate", 1e-5, 1, Scale.LOG);
    trial.suggestInt("units", 8, 1024, Scale.LOG);
    trial.suggestInt("layers", 1, 6);
    trial.suggestFloat("dropout", 0, 0.8, 0.1);
    String kind = trial.suggestCategorical("kind", "plain", "deep", "wide");
    if (!kind.equals("plain")) {
      trial.suggestFloat("momentum", 0, 1);
    }
    if (kind.equals("deep")) {
      trial.suggestInt("depth", 2, 9);
    }
  }

  /** Arithmetic alone, so that it is the same on every machine. */
  private static void end(Study study, Trial trial) {
    double loss = 0;
    for (Map.Entry<String, Object> parameter : trial.parameters().entrySet()) {
      double value = parameter.getValue() instanceof Number number ? number.doubleValue() : 0.5;
      double scaled = parameter.getKey().equals("units") ? value / 128 : value;
      loss += (scaled - 0.7) * (scaled - 0.7);
    }
    if (study.directions().size() > 1) {
      study.tell(trial, loss, ((Number) trial.parameters().get("x")).doubleValue() - loss / 8);
    } else if (trial.number() % 7 == 3) {
      trial.report(trial.number() % 5, trial.number() % 3 == 0 ? Double.NaN : -loss);
      study.tellPruned(trial);
    } else if (trial.number() % 23 == 11) {
      study.tellFailed(trial, new IllegalStateException("fails"));
    } else {
      study.tell(trial, trial.number() % 41 == 40 ? Double.NaN : Math.rint(-loss * 16) / 16);
    }
  }

  private static Map<String, Double> draw(Sampler sampler, StudySnapshot seen, int number) {
    SamplingContext context =
        new SamplingContext(
            seen,
            number,
            number,
            RandomKey.of(3),
            new RandomStream(RandomKey.of(number)),
            (key, value) -> {});
    Map<String, Distribution> space = sampler.relativeSearchSpace(seen);
    Map<String, Double> drawn =
        new HashMap<>(space.isEmpty() ? Map.of() : sampler.sampleRelative(context, space));
    drawn.put("alone", sampler.sampleIndependent(context, "y", y(seen)));
    return drawn;
  }

  private static Distribution y(StudySnapshot seen) {
    return seen.trials().get(0).parameters().get("y").distribution();
  }

  private static String print(Study study) {
    RandomKey print = RandomKey.of(0);
    for (TrialRecord trial : study.trials()) {
      for (ParameterValue value : trial.parameters().values()) {
        print = print.fold(Double.doubleToLongBits(value.internal()));
      }
    }
    return Long.toHexString(print.value());
  }
}
