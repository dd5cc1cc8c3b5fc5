package io.dendra.examples.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.cuda.emulator.Emulator;
import io.dendra.examples.IdxFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worked example on three emulated GPUs, in a process whose CUDA libraries are emulated. */
@Timeout(400)
class SweepOnGpusTest {
  @TempDir Path folder;
  private ChildProgram program;

  @BeforeEach
  void prepare() {
    Emulator.unavailable().ifPresent(Assumptions::abort);
    program = new ChildProgram(folder.resolve("log"));
  }

  @AfterEach
  void end() {
    if (program != null) {
      program.end();
    }
  }

  private int sweep(String faults, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("sweep", "run", "mnist"));
    args.add("--data=" + IdxFolder.write(folder.resolve("mnist"), 240, 60));
    args.add("--storage=" + folder.resolve("sweeps.db"));
    args.add("--directory=" + folder.resolve("trials"));
    args.addAll(List.of("--epochs=2", "--pruner=none"));
    args.addAll(List.of(more));
    Map<String, String> environment =
        Map.of(
            "DENDRA_CUDA_LIBRARIES",
            Emulator.build().folder().toString(),
            "DENDRA_EMULATOR_DEVICES",
            "3",
            "DENDRA_EMULATOR_FAULTS",
            faults);
    Process process = program.start(environment, args);
    assertThat(process.waitFor(300, TimeUnit.SECONDS)).as(program.output()).isTrue();
    return process.exitValue();
  }

  @Test
  void aTrialRunsOnEachDevice() throws Exception {
    assertThat(sweep("", "--backend=cuda", "--devices=all", "--trials=6"))
        .as(program.output())
        .isZero();
    assertThat(program.output())
        .contains("backend  cuda, cuda:1, cuda:2")
        .contains("on cuda ", "on cuda:1 ", "on cuda:2 ", "6/6  trial", "Test accuracy 0.")
        .doesNotContain("failed in", "\tat ");
  }

  @Test
  void aDeviceThatIsLostCostsItsTrialAndNoMore() throws Exception {
    int code =
        sweep(
            "fail cuMemcpyDtoHAsync_v2 code=719 skip=3 device=1",
            "--devices=cuda:0,cuda:1",
            "--trials=5");
    assertThat(code).as(program.output()).isZero();
    assertThat(program.output())
        .contains("backend  cuda, cuda:1", "cuda:1 is lost", "4 done, 0 pruned, 1 failed")
        .containsOnlyOnce("failed in")
        .doesNotContain("\tat ");
  }

  @Test
  void aDeviceThatIsNotThereIsToldWithTheLast() throws Exception {
    assertThat(sweep("", "--devices=cuda:7")).as(program.output()).isEqualTo(1);
    assertThat(program.output())
        .contains("error: no device cuda:7, the last is cuda:2")
        .doesNotContain("\tat ", "study ");
    assertThat(folder.resolve("sweeps.db")).doesNotExist();
  }
}
