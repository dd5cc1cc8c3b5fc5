package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSettingsTest {
  @ParameterizedTest
  @ValueSource(strings = {"local", "local[4]", "local[*]", "local[4,2]"})
  void gpusAreRefusedWhereNoExecutorsAre(String master) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClusterSettings.of(gpus(master, "1", "1")))
        .withMessageContaining("'" + master + "'")
        .withMessageContaining("spark.task.resource.gpu.amount=1")
        .withMessageContaining("local-cluster[...]");
    assertThat(ClusterSettings.of(conf(master)).local()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "0.7, 1, whole GPUs",
    "1.5, 2, whole GPUs",
    "0.51, 1, whole GPUs",
    "-1, 1, 0 or more",
    "NaN, 1, 0 or more",
    "Infinity, 1, 0 or more",
    "one, 1, no number",
    "1, 1.5, an executor has whole GPUs",
    "2, 1, set spark.executor.resource.gpu.amount to 2",
    "0.5, 0, set spark.executor.resource.gpu.amount to 1",
    "0, 1, set spark.task.resource.gpu.amount",
  })
  void amountsThatDoNotWorkAreRefused(String task, String executor, String says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClusterSettings.of(gpus("spark://master:7077", task, executor)))
        .withMessageContaining(says);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 2, 1", "1, 4, 4", "0.5, 1, 2", "0.3, 1, 3", "0.25, 2, 8"})
  void anExecutorHasRoomByItsGpus(String task, String executor, int trials) {
    ClusterSettings settings = ClusterSettings.of(gpus("spark://master:7077", task, executor));
    assertThat(settings.trialsPerExecutor()).isEqualTo(trials);
    if (trials == 1) {
      assertThatCode(settings::requireOneTrialPerExecutor).doesNotThrowAnyException();
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(settings::requireOneTrialPerExecutor)
          .withMessageContaining("would run " + trials + " trials")
          .withMessageContaining("sharedExecutors()");
    }
  }

  @Test
  void anExecutorHasRoomByItsCores() {
    SparkConf conf = conf("yarn").set("spark.executor.cores", "8");
    assertThat(ClusterSettings.of(conf).trialsPerExecutor()).isEqualTo(8);
    conf.set("spark.task.cpus", "8");
    assertThat(ClusterSettings.of(conf).trialsPerExecutor()).isEqualTo(1);
    assertThat(ClusterSettings.of(conf("k8s://api")).trialsPerExecutor()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ClusterSettings.of(conf("spark://master:7077")).requireOneTrialPerExecutor())
        .withMessageContaining("as many trials as it has cores");
  }

  @Test
  void trialsAreNotRunTwice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClusterSettings.of(conf("yarn").set("spark.speculation", "true")))
        .withMessageContaining("spark.speculation");
  }

  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master);
  }

  private static SparkConf gpus(String master, String task, String executor) {
    return conf(master)
        .set("spark.task.resource.gpu.amount", task)
        .set("spark.executor.resource.gpu.amount", executor);
  }
}
