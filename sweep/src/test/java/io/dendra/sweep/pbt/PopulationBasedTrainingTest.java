package io.dendra.sweep.pbt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudySnapshot;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import io.dendra.sweep.storage.InMemoryStorage;
import io.dendra.sweep.storage.Storage;
import io.dendra.tensor.NDArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PopulationBasedTrainingTest {
  @TempDir Path folder;

  /**
   * The toy of the paper (figure 2): weights climb a function of which the parameters show one part
   * each, so that no constant parameters are good.
   */
  private static double climb(Generation generation) throws IOException {
    double[] h = {
      generation.trial().suggestFloat("h0", 0, 1), generation.trial().suggestFloat("h1", 0, 1)
    };
    double[] weights = {0.9, 0.9};
    if (generation.start().isPresent()) {
      String[] words =
          Files.readString(generation.start().get(), StandardCharsets.US_ASCII).split(" ", -1);
      weights = new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1])};
    }
    for (int step = generation.firstEpoch(); step < generation.lastEpoch(); step++) {
      for (int i = 0; i < 2; i++) {
        weights[i] -= 0.02 * h[i] * weights[i];
      }
    }
    Files.writeString(
        generation.checkpoint(), weights[0] + " " + weights[1], StandardCharsets.US_ASCII);
    return 1.2 - weights[0] * weights[0] - weights[1] * weights[1];
  }

  private Study study(PopulationBasedTraining pbt, Storage storage, String files) {
    return Study.create(
        "toy",
        o ->
            o.sampler(pbt)
                .storage(storage)
                .seed(9)
                .directions(Direction.MAXIMIZE)
                .directory(folder.resolve(files))
                .loadIfExists());
  }

  private static List<Object> told(Study study) {
    List<Object> all = new ArrayList<>();
    for (TrialRecord trial : study.trials()) {
      all.add(List.of(trial.values(), trial.parameterValues(), trial.userAttributes()));
    }
    return all;
  }

  @Test
  void climbsFurtherThanMembersThatLearnNothingFromEachOther() throws InterruptedException {
    PopulationBasedTraining pbt = new PopulationBasedTraining(6).epochs(4);
    PopulationBasedTraining alone = new PopulationBasedTraining(6).epochs(4).quantileFraction(0);
    try (Study study = study(pbt, new InMemoryStorage(), "pbt");
        Study other = study(alone, new InMemoryStorage(), "alone")) {
      pbt.optimize(study, 30, PopulationBasedTrainingTest::climb, o -> {});
      alone.optimize(other, 30, PopulationBasedTrainingTest::climb, o -> {});
      assertThat(study.trials()).hasSize(180);
      assertThat(study.best().value()).isGreaterThan(other.best().value());
    }
  }

  @Test
  void aStudyThatWasInterruptedGoesOnAndManyWorkersGiveTheSame() throws InterruptedException {
    PopulationBasedTraining pbt = new PopulationBasedTraining(4);
    Storage storage = new InMemoryStorage();
    List<Object> whole;
    try (Study study = study(pbt, new InMemoryStorage(), "whole")) {
      pbt.optimize(study, 6, PopulationBasedTrainingTest::climb, o -> o.workers(3));
      whole = told(study);
    }
    try (Study study = study(pbt, storage, "parts")) {
      pbt.optimize(study, 3, PopulationBasedTrainingTest::climb, o -> {});
      // Two of the next generation, and one that is given back in the midst of it.
      study.optimize(trial -> 0, o -> o.totalTrials(12));
      study.giveBack(study.ask());
    }
    PopulationBasedTraining later = new PopulationBasedTraining(4);
    try (Study study = study(later, storage, "parts")) {
      later.optimize(study, 6, PopulationBasedTrainingTest::climb, o -> {});
      assertThat(told(study)).isEqualTo(whole);
      assertThat(study.trials().get(23).userAttributes())
          .containsEntry("pbt_generation", 5L)
          .containsEntry("pbt_member", 3L)
          .containsKey("pbt_parent");
    }
  }

  @Test
  void aMemberThatFailsTakesOverFromAnother() throws Exception {
    PopulationBasedTraining pbt = new PopulationBasedTraining(4);
    try (Study study = study(pbt, new InMemoryStorage(), "failing")) {
      pbt.optimize(
          study,
          3,
          generation -> {
            if (generation.number() == 1 && generation.member() < 2) {
              throw new IllegalStateException("lost");
            }
            return climb(generation);
          },
          o -> {});
      List<TrialRecord> trials = study.trials();
      assertThat(trials.subList(4, 6)).allMatch(trial -> trial.state() == TrialState.FAIL);
      assertThat(trials.subList(8, 12))
          .allMatch(trial -> trial.state() == TrialState.COMPLETE)
          .allMatch(trial -> ((Number) trial.userAttributes().get("pbt_parent")).intValue() >= 6);
      try (Stream<Path> files = Files.walk(folder.resolve("failing"))) {
        assertThat(files.filter(Files::isRegularFile)).hasSize(4);
      }
    }
  }

  @Test
  void theWorstTakesOverFromTheBest() {
    List<TrialRecord> trials = new ArrayList<>();
    double[] scores = {3, 9, 1, 7, 5, 2, 8, 4};
    for (int i = 0; i < scores.length; i++) {
      trials.add(
          new TrialRecord(
              i,
              i,
              TrialState.COMPLETE,
              List.of(scores[i]),
              null,
              null,
              Map.of(),
              new TreeMap<>(),
              Map.of(),
              Map.of()));
    }
    StudySnapshot study = new StudySnapshot(List.of(Direction.MAXIMIZE), trials);
    List<Integer> parents = new ArrayList<>();
    List<Boolean> explore = new ArrayList<>();
    for (int number = 8; number < 16; number++) {
      Lineage lineage = Lineage.of(study, number, 8, 0.25);
      parents.add(lineage.parent().orElseThrow().number());
      explore.add(lineage.explores());
    }
    assertThat(parents).containsExactly(0, 1, 1, 3, 4, 6, 6, 7);
    assertThat(explore).containsExactly(false, false, true, false, false, true, false, false);
    assertThat(Lineage.of(study, 7, 8, 0.25).parent()).isEmpty();
  }

  @Test
  void explorationStaysWithinTheDistribution() {
    Exploration exploration = new Exploration(1.2, 0.8);
    RandomStream random = new RandomStream(RandomKey.of(2));
    var rate = new FloatDistribution(0.001, 0.1, true, 0);
    var stepped = new FloatDistribution(0, 1, false, 0.25);
    var layers = new IntDistribution(1, 4, false, 1);
    var even = new IntDistribution(2, 64, false, 2);
    var choices = new CategoricalDistribution(List.of(16, 32, 64));
    for (int i = 0; i < 100; i++) {
      assertThat(exploration.neighbour(rate, 0.01, random)).isIn(0.01 * 1.2, 0.01 * 0.8);
      assertThat(exploration.neighbour(rate, 0.1, random)).isIn(0.1, 0.1 * 0.8);
      assertThat(stepped.contains(exploration.neighbour(stepped, 0.75, random))).isTrue();
      assertThat(exploration.neighbour(layers, 2, random)).isIn(1.0, 3.0);
      assertThat(exploration.neighbour(layers, 4, random)).isIn(3.0, 4.0);
      assertThat(even.contains(exploration.neighbour(even, 32, random))).isTrue();
      assertThat(exploration.neighbour(choices, 0, random)).isIn(0.0, 1.0);
    }
  }

  @Test
  void trainsNetworks() throws InterruptedException {
    float[] inputs = new float[32];
    float[] targets = new float[32];
    for (int i = 0; i < 32; i++) {
      inputs[i] = i / 16f - 1;
      targets[i] = 2 * inputs[i] + 1;
    }
    Dataset data = Dataset.of(NDArray.of(inputs, 32, 1), NDArray.of(targets, 32, 1));
    PopulationBasedTraining pbt = new PopulationBasedTraining(4).epochs(2);
    try (Study study = Study.create("networks", o -> o.sampler(pbt).seed(1).directory(folder))) {
      pbt.optimize(
          study,
          3,
          generation -> {
            double rate = generation.trial().suggestFloat("rate", 1e-3, 0.1, Scale.LOG);
            try (Model model =
                generation.model(() -> Sequential.of(new Dense(1)).compile("sgd", "mse"))) {
              model.objective().optimizer().setLearningRate(rate);
              model.fit(
                  data,
                  o -> o.initialEpoch(generation.firstEpoch()).epochs(generation.lastEpoch()));
              generation.save(model);
              return model.evaluate(data).loss();
            }
          },
          o -> o.workers(2));
      assertThat(study.trials()).allMatch(trial -> trial.state() == TrialState.COMPLETE);
      assertThat(study.best().number()).isGreaterThanOrEqualTo(8);
      assertThat(study.best().userAttributes().toString().toLowerCase(Locale.ROOT))
          .contains("pbt_generation=2");
    }
  }

  @Test
  void endsWhenTheTimeIsUp() throws InterruptedException {
    PopulationBasedTraining pbt = new PopulationBasedTraining(4);
    try (Study study = study(pbt, new InMemoryStorage(), "timeout")) {
      pbt.optimize(
          study,
          1000,
          generation -> {
            Thread.sleep(30);
            return climb(generation);
          },
          o -> o.timeout(Duration.ofMillis(50)));
      assertThat(study.trials()).hasSizeBetween(1, 3);
    }
  }

  @Test
  void saysWhatIsWrong() {
    PopulationBasedTraining pbt = new PopulationBasedTraining(2);
    assertThatThrownBy(() -> new PopulationBasedTraining(1)).hasMessageContaining("2 members");
    try (Study study = Study.create("plain", o -> o.directory(folder))) {
      assertThatThrownBy(() -> pbt.optimize(study, 1, g -> 0, o -> {}))
          .hasMessageContaining("o.sampler(pbt)");
    }
  }

  @Test
  void aMemberThatSavesNothingIsToldHow() throws InterruptedException {
    PopulationBasedTraining pbt = new PopulationBasedTraining(2);
    try (Study study = study(pbt, new InMemoryStorage(), "nothing")) {
      pbt.optimize(study, 1, generation -> generation.trial().suggestFloat("x", 0, 1), o -> {});
      assertThat((String) study.trials().get(0).systemAttributes().get("fail_reason"))
          .contains("generation.save(model)");
    }
  }
}
