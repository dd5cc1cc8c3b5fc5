package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.sweep.Objective;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.devices.NoDeviceException;
import io.dendra.sweep.execution.TrialExecutor;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.WorkerLostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SparkRunnerTest {
  private static final TrialOutcome LOST =
      new TrialOutcome.Failed(new WorkerLostException("killed"));

  private static final Objective UNUSED =
      trial -> {
        throw new IllegalStateException("not in this process");
      };

  private static TrialExecutor on(SparkRunner.OneExecutor executor, boolean stopped) {
    return (objective, limit) -> new SparkRunner(executor, () -> stopped);
  }

  @Test
  void aTrialThatEndsEveryExecutorFails() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Study study = Study.create("deadly", o -> {})) {
      SweepSummary summary =
          study.optimize(
              UNUSED,
              o ->
                  o.trials(2)
                      .executor(
                          on(
                              trial -> {
                                runs.incrementAndGet();
                                return trial.number() == 0
                                    ? LOST
                                    : new TrialOutcome.Complete(List.of(1.0));
                              },
                              false)));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(summary.complete()).isEqualTo(1);
      assertThat(runs).hasValue(SparkRunner.EXECUTORS + 1);
      assertThat((String) study.trials().get(0).systemAttributes().get("fail_reason"))
          .contains("WorkerLostException", "killed");
    }
  }

  @Test
  void trialsWaitWhenTheApplicationHasEnded() throws Exception {
    for (SparkRunner.OneExecutor runner :
        List.<SparkRunner.OneExecutor>of(
            trial -> LOST,
            trial -> {
              throw new IllegalStateException("Cannot call methods on a stopped SparkContext");
            })) {
      try (Study study = Study.create("ended", o -> {})) {
        assertThatThrownBy(
                () ->
                    study.optimize(UNUSED, o -> o.trials(5).workers(2).executor(on(runner, true))))
            .isInstanceOf(NoDeviceException.class)
            .hasMessageContaining("the Spark application has ended");
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
              UNUSED,
              o ->
                  o.trials(3)
                      .executor(
                          on(
                              trial ->
                                  switch (trial.number()) {
                                    case 0 -> new TrialOutcome.Pruned();
                                    case 1 ->
                                        new TrialOutcome.Failed(new ArithmeticException("no luck"));
                                    default -> new TrialOutcome.Complete(List.of(2.0));
                                  },
                              false)));
      assertThat(summary)
          .extracting(SweepSummary::complete, SweepSummary::pruned, SweepSummary::failed)
          .containsExactly(1, 1, 1);
    }
  }
}
