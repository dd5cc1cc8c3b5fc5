package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On three executors with a core and a GPU each. */
@Timeout(240)
class SparkSweepTest {
  private static final int EXECUTORS = 3;

  private static JavaSparkContext spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    spark = new JavaSparkContext(LocalCluster.conf(EXECUTORS, EXECUTORS));
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.close();
    }
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    for (int i = 0; i < 50 && spark.statusTracker().getActiveJobIds().length > 0; i++) {
      Thread.sleep(100);
    }
    assertThat(spark.statusTracker().getActiveJobIds()).isEmpty();
    for (int i = 0; i < 50 && !threads().isEmpty(); i++) {
      Thread.sleep(100);
    }
    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("dendra-trial") || name.startsWith("dendra-sweep"))
        .toList();
  }

  private static SparkSweep sweep() {
    return SparkSweep.on(spark).backend("reference").workers(EXECUTORS);
  }

  private Study study(String name) {
    return Study.create(name, o -> o.seed(3).directory(folder));
  }

  @Test
  void everyTrialHasAnAddressOfItsOwn() throws Exception {
    try (Study study = study("addresses")) {
      SweepSummary summary = sweep().optimize(study, Objectives.Timed.class, o -> o.trials(15));
      assertThat(summary.complete()).isEqualTo(15);
      assertThat(study.trials()).extracting(TrialRecord::number).doesNotHaveDuplicates();
      Map<Object, List<TrialRecord>> byAddress =
          study.trials().stream()
              .collect(
                  Collectors.groupingBy(trial -> trial.userAttributes().get(TrialTask.ADDRESSES)));
      assertThat(byAddress).hasSizeBetween(2, EXECUTORS);
      byAddress.values().forEach(SparkSweepTest::assertOneAtATime);
      assertThat(study.trials())
          .allSatisfy(t -> assertThat(t.userAttributes()).containsEntry("device", "reference"));
    }
  }

  private static void assertOneAtATime(List<TrialRecord> trials) {
    List<List<?>> times =
        trials.stream()
            .<List<?>>map(trial -> (List<?>) trial.userAttributes().get("time"))
            .sorted(Comparator.comparing(time -> (Long) time.get(0)))
            .toList();
    for (int i = 1; i < times.size(); i++) {
      assertThat((Long) times.get(i).get(0)).isGreaterThanOrEqualTo((Long) times.get(i - 1).get(1));
    }
    assertThat(trials)
        .extracting(trial -> trial.userAttributes().get(TrialTask.EXECUTOR))
        .containsOnly(trials.get(0).userAttributes().get(TrialTask.EXECUTOR));
  }

  @Test
  void aTrialIsPrunedByWhatOthersReportOnOtherExecutors() throws Exception {
    try (Study study =
        Study.create(
            "pruned",
            o ->
                o.pruner(
                    (all, self) ->
                        self.reports().size() >= 3
                            && all.trials().stream()
                                .filter(other -> other.number() != self.number())
                                .flatMap(other -> other.reports().values().stream())
                                .anyMatch(
                                    other ->
                                        other < self.reports().lastEntry().getValue() - 0.5)))) {
      for (double x : new double[] {0.1, 0.9, 0.2, 0.8, 0.1, 0.9}) {
        study.enqueue(Map.of("x", x));
      }
      SweepSummary summary = sweep().optimize(study, Objectives.Reporting.class, o -> o.trials(6));
      assertThat(summary.complete()).isEqualTo(3);
      assertThat(summary.pruned()).isEqualTo(3);
      assertThat(study.trials().get(1).state()).isEqualTo(TrialState.PRUNED);
      assertThat(study.trials().get(1).reports().size()).isBetween(3, 9);
      assertThat(study.trials())
          .extracting(trial -> trial.userAttributes().get(TrialTask.EXECUTOR))
          .hasSizeGreaterThan(1);
    }
  }

  @Test
  void aFailureIsRecordedWithItsCauseAndEndsNothing() throws Exception {
    try (Study study = study("failing")) {
      SweepSummary summary = sweep().optimize(study, Objectives.Failing.class, o -> o.trials(4));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(summary.complete()).isEqualTo(3);
      assertThat((String) study.trials().get(1).systemAttributes().get("fail_reason"))
          .contains("ArithmeticException", "no luck", "Objectives$Failing.evaluate");
    }
  }

  @Test
  void aKilledExecutorCostsNoTrial() throws Exception {
    try (Study study = study("killed")) {
      SweepSummary summary = sweep().optimize(study, Objectives.Killing.class, o -> o.trials(8));
      assertThat(summary.complete()).isEqualTo(8);
      assertThat(study.trials()).hasSize(8).allMatch(t -> t.state() == TrialState.COMPLETE);
      assertThat(study.trials())
          .filteredOn(trial -> trial.userAttributes().containsKey("again"))
          .extracting(TrialRecord::number)
          .containsExactly(1, 3);
      // What it drew before it was killed, it keeps.
      assertThat(study.trials())
          .allSatisfy(t -> assertThat(t.reports().get(0)).isEqualTo(t.value()));
    }
  }

  @Test
  void aTrialThatTakesTooLongIsEnded() throws Exception {
    try (Study study = study("long")) {
      SweepSummary summary =
          sweep()
              .optimize(
                  study,
                  Objectives.Endless.class,
                  o -> o.trials(1).trialTimeout(Duration.ofSeconds(1)));
      assertThat(summary.failed()).isEqualTo(1);
      assertThat((String) study.trials().get(0).systemAttributes().get("fail_reason"))
          .contains("took longer than PT1S");
    }
  }

  @Test
  void anInterruptedSweepCancelsItsJobs() throws Exception {
    try (Study study = study("endless")) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread driver =
          new Thread(
              () -> {
                try {
                  sweep().workers(2).optimize(study, Objectives.Endless.class, o -> o.trials(2));
                } catch (Throwable e) {
                  thrown.set(e);
                }
              },
              "driver");
      driver.start();
      while (thrown.get() == null
          && study.trials().stream().filter(trial -> !trial.reports().isEmpty()).count() < 2) {
        Thread.sleep(50);
      }
      driver.interrupt();
      driver.join();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      assertThat(study.trials()).hasSize(2).allMatch(t -> t.state() == TrialState.WAITING);
    }
  }

  @Test
  void anObjectiveThatExecutorsCannotMakeIsRefused() {
    try (Study study = study("hidden")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sweep().optimize(study, Objectives.Hidden.class, o -> o.trials(1)))
          .withMessageContaining("Objectives$Hidden")
          .withMessageContaining("is not public");
    }
  }

  @Test
  void anObjectiveThatExecutorsDoNotHaveFails() throws Exception {
    try (Study study = study("missing")) {
      assertThat(sweep().workers(1).optimize(study, "no.such.Objective", o -> o.trials(1)).failed())
          .isEqualTo(1);
      assertThat((String) study.trials().get(0).systemAttributes().get("fail_reason"))
          .contains("ClassNotFoundException", "no.such.Objective");
    }
  }
}
