package io.dendra.sweep.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.pruners.ThresholdPruner;
import io.dendra.tensor.NDArray;
import org.junit.jupiter.api.Test;

class PruningCallbackTest {
  private static final NDArray INPUTS = NDArray.of(new float[] {0, 1, 2, 3, 4, 5}, 6, 1);
  private static final NDArray TARGETS = NDArray.of(new float[] {1, 3, 5, 7, 9, 11}, 6, 1);

  private static double train(Trial trial, String metric) {
    try (Model model = Sequential.of(new Dense(4, "relu"), new Dense(1))) {
      model.seed(3).compile("adam", "mse", "mae");
      return model
          .fit(
              INPUTS,
              TARGETS,
              o -> o.epochs(6).batchSize(2).callbacks(new PruningCallback(trial, metric)))
          .last("loss");
    }
  }

  @Test
  void reportsEachEpochAndEndsTheTrialThere() throws InterruptedException {
    try (Study study =
        Study.create("pruned", o -> o.pruner(ThresholdPruner.upper(0).warmupSteps(2)))) {
      long before = Backends.defaultDevice().memoryStats().live();
      SweepSummary summary = study.optimize(trial -> train(trial, "loss"), o -> o.trials(2));
      assertThat(summary.pruned()).isEqualTo(2);
      TrialRecord trial = study.trials().get(0);
      assertThat(trial.state()).isEqualTo(TrialState.PRUNED);
      assertThat(trial.reports()).containsOnlyKeys(0, 1, 2);
      assertThat(trial.value()).isEqualTo(trial.reports().get(2));
      assertThat(trial.userAttributes()).containsOnlyKeys("first_epoch_seconds", "epoch_seconds");
      assertThat((Double) trial.userAttributes().get("epoch_seconds")).isNotNegative();
      assertThat(Backends.defaultDevice().memoryStats().live()).isEqualTo(before);
    }
  }

  @Test
  void saysWhichMetricsThereAre() {
    try (Study study = Study.create("misspelt", o -> {})) {
      assertThatThrownBy(() -> train(study.ask(), "mea"))
          .hasMessageContaining("'mea'")
          .hasMessageContaining("[loss, mae]")
          .hasMessageContaining("Did you mean 'mae'?");
      assertThatThrownBy(() -> train(study.ask(), "val_loss"))
          .hasMessageContaining("validation data");
    }
  }
}
