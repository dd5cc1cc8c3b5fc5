package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.WorkerLostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SparkObjectiveTest {
  private static final TrialOutcome LOST =
      new TrialOutcome.Failed(new WorkerLostException("killed"));

  @Test
  void aTrialThatEndsEveryExecutorFails() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Study study = Study.create("deadly", o -> {})) {
      SweepSummary summary =
          study.optimize(
              new SparkObjective(
                  trial -> {
                    runs.incrementAndGet();
                    return trial.number() == 0 ? LOST : new TrialOutcome.Complete(List.of(1.0));
                  },
                  () -> false),
              o -> o.trials(2));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(summary.complete()).isEqualTo(1);
      assertThat(runs).hasValue(SparkObjective.EXECUTORS + 1);
      assertThat((String) study.trials().get(0).systemAttributes().get("fail_reason"))
          .contains("WorkerLostException", "killed");
    }
  }

  @Test
  void trialsWaitWhenTheApplicationHasEnded() throws Exception {
    for (SparkObjective.Runner runner :
        List.<SparkObjective.Runner>of(
            trial -> LOST,
            trial -> {
              throw new IllegalStateException("Cannot call methods on a stopped SparkContext");
            })) {
      try (Study study = Study.create("ended", o -> {})) {
        SweepSummary summary =
            study.optimize(new SparkObjective(runner, () -> true), o -> o.trials(5).workers(2));
        assertThat(summary.failed()).isZero();
        assertThat(study.trials())
            .hasSizeBetween(1, 2)
            .extracting(TrialRecord::state)
            .containsOnly(TrialState.WAITING);
      }
    }
  }

  @Test
  void anOutcomeIsTold() throws Exception {
    try (Study study = Study.create("told", o -> {})) {
      SweepSummary summary =
          study.optimize(
              new SparkObjective(
                  trial ->
                      switch (trial.number()) {
                        case 0 -> new TrialOutcome.Pruned();
                        case 1 -> new TrialOutcome.Failed(new ArithmeticException("no luck"));
                        default -> new TrialOutcome.Complete(List.of(2.0));
                      },
                  () -> false),
              o -> o.trials(3));
      assertThat(summary)
          .extracting(SweepSummary::complete, SweepSummary::pruned, SweepSummary::failed)
          .containsExactly(1, 1, 1);
    }
  }
}
