package io.dendra.sweep.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that Optuna made (by {@code optuna_studies.py make}) is resumed. */
class OptunaStudyTest {
  @TempDir Path folder;

  private String address;

  @BeforeEach
  void makeDatabase() throws Exception {
    address = "sqlite:///" + folder.resolve("optuna.db");
    try (InputStream resource = getClass().getResourceAsStream("optuna-study.sql");
        Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("optuna.db"));
        Statement statement = connection.createStatement()) {
      String script = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      for (String sql : script.split(";\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
  }

  @Test
  void aStudyOfSeveralObjectivesIsReadAndGoesOn() {
    try (Study study = Study.load("from-optuna", o -> o.storage(address))) {
      assertThat(study.directions()).containsExactly(Direction.MINIMIZE, Direction.MAXIMIZE);
      List<TrialRecord> trials = study.trials();
      assertThat(trials).hasSize(4);
      assertThat(trials.get(1).values().get(0)).isInfinite();
      assertThat(trials.get(0).parameters().get("x").distribution())
          .isEqualTo(new FloatDistribution(1e-5, 1, true, 0));
      assertThat(trials.get(0).parameters().get("d").distribution())
          .isEqualTo(new FloatDistribution(0, 1, false, 0.25));
      assertThat(trials.get(0).parameters().get("n").distribution())
          .isEqualTo(new IntDistribution(1, 9, false, 2));
      assertThat(trials.get(0).parameters().get("c").distribution())
          .isEqualTo(new CategoricalDistribution(Arrays.asList("relu", null, true, 1.5)));
      assertThat(trials.get(0).parameters().keySet()).containsExactly("x", "d", "n", "c");
      assertThat(trials.get(2).userAttributes()).containsEntry("number", 2L);
      Trial enqueued = study.ask();
      assertThat(enqueued.number()).isEqualTo(3);
      assertThat(enqueued.suggest("x", new FloatDistribution(1e-5, 1, true, 0))).isEqualTo(0.5);
      assertThat(enqueued.suggest("n", new IntDistribution(1, 9, false, 2))).isEqualTo(3L);
      study.tell(enqueued, 1, 2);
      assertThat(study.trials().get(3).values()).containsExactly(1.0, 2.0);
      assertThat(study.ask().number()).isEqualTo(4);
    }
    try (Storage storage = Storages.open(address)) {
      assertThat(storage.findStudy("from-optuna").orElseThrow().userAttributes())
          .isEqualTo(
              Map.of(
                  "note",
                  Map.of(
                      "a", Arrays.asList(1L, null, true, Double.NaN, Double.POSITIVE_INFINITY))));
    }
  }

  @Test
  void oldDistributionsAndReportsOfAllNumbersAreRead() {
    try (Study study = Study.load("reports", o -> o.storage(address))) {
      TrialRecord pruned = study.trials().get(1);
      assertThat(pruned.state()).isEqualTo(TrialState.PRUNED);
      assertThat(pruned.parameters().get("x").distribution())
          .isEqualTo(new FloatDistribution(-1, 1, false, 0));
      assertThat(pruned.reports().get(1)).isNaN();
      assertThat(pruned.reports())
          .containsEntry(2, Double.POSITIVE_INFINITY)
          .containsEntry(3, Double.NEGATIVE_INFINITY);
      assertThat(study.best().number()).isZero();
      Trial next = study.ask();
      study.tell(next, next.suggestFloat("x", -1, 1));
      assertThat(study.trials()).hasSize(3);
    }
  }
}
