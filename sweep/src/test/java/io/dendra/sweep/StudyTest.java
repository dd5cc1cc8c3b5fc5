package io.dendra.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StudyTest {
  @Test
  void findsTheBestOfManyTrials() throws InterruptedException {
    try (Study study = Study.create("parabola", o -> o.seed(7))) {
      SweepSummary summary =
          study.optimize(
              trial -> Math.pow(trial.suggestFloat("x", -10, 10) - 2, 2),
              o -> o.trials(200).workers(4));
      assertThat(summary.complete()).isEqualTo(200);
      assertThat(study.trials()).extracting(TrialRecord::number).doesNotHaveDuplicates();
      assertThat(study.best().value()).isLessThan(0.5);
    }
  }

  @Test
  void aFailingTrialIsRetriedAndRecordedAndEndsNothing() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    try (Study study = Study.create("failing", o -> o.seed(1))) {
      SweepSummary summary =
          study.optimize(
              trial -> {
                calls.incrementAndGet();
                if (trial.number() == 1) {
                  throw new IllegalStateException("no luck");
                }
                return 1;
              },
              o -> o.trials(3).retries(2));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(calls).hasValue(5);
      TrialRecord failed = study.trials().get(1);
      assertThat(failed.state()).isEqualTo(TrialState.FAIL);
      assertThat((String) failed.systemAttributes().get("fail_reason")).contains("no luck");
    }
  }

  @Test
  void enqueuedParametersAreTriedFirst() throws InterruptedException {
    try (Study study = Study.create("enqueued", o -> {})) {
      study.enqueue(Map.of("x", 3));
      study.optimize(trial -> trial.suggestFloat("x", 0, 10), o -> o.trials(2));
      assertThat(study.trials().get(0).parameterValues()).containsEntry("x", 3.0);
      assertThatThrownBy(() -> study.enqueue(Map.of("y", 3)))
          .hasMessageContaining("'y'")
          .hasMessageContaining("[x]");
    }
  }
}
