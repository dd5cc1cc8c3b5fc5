package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where Spark has no executors. */
@Timeout(240)
class LocalSparkTest {
  private static SparkConf local() throws Exception {
    // For its assumptions and the rest of its settings.
    return LocalCluster.conf(1, 0).setMaster("local[2]");
  }

  @Test
  void trialsRunInTheDriversProcess() throws Exception {
    try (JavaSparkContext spark = new JavaSparkContext(local());
        Study study = Study.create("local", o -> {})) {
      SweepSummary summary =
          SparkSweep.on(spark)
              .backend("reference")
              .optimize(study, Objectives.Timed.class, o -> o.trials(6));
      assertThat(summary.complete()).isEqualTo(6);
      assertThat(study.trials())
          .extracting(trial -> trial.userAttributes().get(TrialTask.EXECUTOR))
          .containsOnly("driver");
    }
  }

  @Test
  void gpusAreRefusedAtOnce() throws Exception {
    SparkConf conf =
        local()
            .setMaster("local[4]")
            .set("spark.executor.resource.gpu.amount", "1")
            .set("spark.task.resource.gpu.amount", "1");
    try (JavaSparkContext spark = new JavaSparkContext(conf);
        Study study = Study.create("gpus", o -> {})) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> SparkSweep.on(spark).optimize(study, Objectives.Timed.class, o -> o.trials(1)))
          .withMessageContaining("'local[4]'")
          .withMessageContaining("for ever");
      assertThat(study.trials()).isEmpty();
    }
  }

  @Test
  void aSweepEndsWithItsApplication() throws Exception {
    try (JavaSparkContext spark = new JavaSparkContext(local());
        Study study = Study.create("stopped", o -> {})) {
      Thread stop =
          new Thread(
              () -> {
                while (study.trials().stream().noneMatch(trial -> !trial.reports().isEmpty())) {
                  Thread.onSpinWait();
                }
                spark.close();
              },
              "stop");
      stop.start();
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  SparkSweep.on(spark)
                      .backend("reference")
                      .workers(1)
                      .optimize(study, Objectives.Endless.class, o -> o.trials(3)))
          .withMessageContaining("ended during the sweep");
      stop.join();
      assertThat(study.trials()).extracting(TrialRecord::state).containsOnly(TrialState.WAITING);
    }
  }
}
