package io.dendra.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.backend.Availability;
import io.dendra.backend.Backends;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** That everything can be measured; how long it takes is for quiet machines. */
class BenchmarksTest {
  @BeforeAll
  static void needsNatives() {
    Availability cpu = Backends.provider("cpu").availability();
    assumeTrue(cpu.available(), () -> "skipped, the CPU backend cannot be used: " + cpu.detail());
  }

  @Test
  void everyBenchmarkRunsOnceOnTheBestEngine() throws RunnerException {
    String best = Backends.provider("cpu").details().get("engine");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io.dendra.benchmarks")
                    .param("engine", best)
                    .mode(Mode.SingleShotTime)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .forks(0)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark())
        .anyMatch(name -> name.endsWith("MatmulBenchmark.matmul"))
        .anyMatch(name -> name.endsWith("ConvolutionBenchmark.filterGradient"))
        .anyMatch(name -> name.endsWith("PredictionBenchmark.predict"));
    assertThat(results)
        .extracting(result -> result.getParams().getParam("workload"))
        .contains("MLP_MNIST", "LENET", "LSTM", "TRANSFORMER");
  }

  @Test
  void anEngineThatCannotBeHadAnyMoreIsAnError() {
    String best = Backends.provider("cpu").details().get("engine");
    String other = best.equals("nd4j") ? "onednn" : "nd4j";

    assertThatThrownBy(() -> CpuBenchmark.startEngine(other))
        .hasMessageContaining(best)
        .hasMessageContaining("-f 1");
  }

  @Test
  void jvmFlagsJoinThoseOfTheUser() {
    List<String> plain = Main.withNatives(List.of("Matmul"));
    List<String> joined = Main.withNatives(List.of("-jvmArgsAppend", "-Xmx1g", "Matmul"));

    assertThat(plain).startsWith("Matmul");
    assertThat(joined).hasSize(3).endsWith("Matmul");
    assertThat(joined.get(1)).startsWith("-Xmx1g");
    assertThat(joined.get(1).contains("native")).isEqualTo(Runtime.version().feature() >= 24);
  }
}
