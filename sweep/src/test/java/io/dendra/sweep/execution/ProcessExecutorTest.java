package io.dendra.sweep.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ProcessExecutorTest {
  @TempDir Path folder;

  /** Does what its parameter says. */
  public static final class Mixed implements Objective {
    @Override
    public double evaluate(Trial trial) throws Exception {
      trial.attribute("process", ProcessHandle.current().pid());
      trial.attribute("variable", String.valueOf(System.getenv("DENDRA_TEST_SLOT")));
      String what =
          trial.suggestCategorical("what", "value", "exception", "crash", "sleep", "lost");
      switch (what) {
        case "exception" -> throw new IllegalStateException("no luck");
        case "crash" -> Runtime.getRuntime().halt(134);
        case "sleep" -> Thread.sleep(100_000);
        case "lost" -> throw new DeviceLostException("sticky", null);
        default -> trial.report(0, trial.number());
      }
      return trial.number();
    }
  }

  private Study study(String... what) {
    Study study = Study.create("processes", o -> o.directory(folder));
    for (String one : what) {
      study.enqueue(Map.of("what", one));
    }
    return study;
  }

  private static List<Object> processes(Study study) {
    return study.trials().stream().map(trial -> trial.userAttributes().get("process")).toList();
  }

  private static String cause(Study study, int trial) {
    return (String) study.trials().get(trial).systemAttributes().get("fail_reason");
  }

  @Test
  void everyTrialHasItsProcess() throws InterruptedException {
    try (Study study = study("value", "exception", "crash", "value")) {
      SweepSummary summary =
          study.optimize(
              new Mixed(),
              o ->
                  o.trials(4)
                      .workers(2)
                      .executor(
                          ProcessExecutor.perTrial()
                              .jvmOptions("-Xmx64m")
                              .environment(slot -> Map.of("DENDRA_TEST_SLOT", slot.toString()))));
      assertThat(summary.complete()).isEqualTo(2);
      assertThat(summary.failed()).isEqualTo(2);
      assertThat(processes(study)).doesNotHaveDuplicates();
      assertThat(cause(study, 1)).contains("IllegalStateException: no luck").contains("Mixed");
      assertThat(cause(study, 2)).contains("exit code 134").contains("signal 6");
      assertThat((String) study.trials().get(0).userAttributes().get("variable")).contains("/");
      assertThat(folder.resolve("processes/trial-1/output.log")).content().contains("no luck");
      noneIsLeft(study);
    }
  }

  @Test
  void aProcessIsUsedAgainUntilATrialFailsInIt() throws InterruptedException {
    try (Study study = study("value", "value", "exception", "value", "value")) {
      study.optimize(new Mixed(), o -> o.trials(5).executor(ProcessExecutor.perSlot()));
      List<Object> processes = processes(study);
      assertThat(processes.get(1)).isEqualTo(processes.get(0)).isEqualTo(processes.get(2));
      assertThat(processes.get(3)).isNotEqualTo(processes.get(2)).isEqualTo(processes.get(4));
      noneIsLeft(study);
    }
  }

  @Test
  void aTrialThatTakesTooLongIsKilled() throws InterruptedException {
    try (Study study = study("sleep")) {
      study.optimize(
          new Mixed(),
          o ->
              o.trials(1).trialTimeout(Duration.ofSeconds(4)).executor(ProcessExecutor.perTrial()));
      assertThat(cause(study, 0)).contains("TrialTimeoutException");
      noneIsLeft(study);
    }
  }

  @Test
  void aDeviceIsLostWhenItIsInProcessAfterProcess() {
    try (Study study = study("lost")) {
      assertThatThrownBy(
              () ->
                  study.optimize(
                      new Mixed(), o -> o.trials(1).retries(5).executor(ProcessExecutor.perSlot())))
          .hasMessageContaining("all devices of the pool are lost")
          .hasMessageContaining("2 processes");
      assertThat(study.trials()).extracting(TrialRecord::state).containsOnly(TrialState.WAITING);
    }
  }

  @Test
  void workersDieWithAnInterruptedSweepAndTheirTrialsWait() throws Exception {
    try (Study study = study("sleep", "sleep")) {
      CountDownLatch ended = new CountDownLatch(1);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread sweep =
          new Thread(
              () -> {
                try {
                  study.optimize(
                      new Mixed(),
                      o -> o.trials(2).workers(2).executor(ProcessExecutor.perTrial()));
                } catch (InterruptedException | RuntimeException e) {
                  thrown.set(e);
                } finally {
                  ended.countDown();
                }
              });
      sweep.start();
      while (study.trials().stream().filter(t -> !t.parameters().isEmpty()).count() < 2) {
        Thread.sleep(20);
      }
      sweep.interrupt();
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      assertThat(study.trials()).extracting(TrialRecord::state).containsOnly(TrialState.WAITING);
      noneIsLeft(study);
    }
  }

  @Test
  void killedWorkersLoseNoTrial() throws Exception {
    Study study = Study.create("processes", o -> o.directory(folder));
    CountDownLatch killed = new CountDownLatch(4);
    Thread killer =
        new Thread(
            () -> {
              while (killed.getCount() > 0) {
                ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().startInstant().isPresent())
                    .findFirst()
                    .ifPresent(
                        child -> {
                          if (child.destroyForcibly()) {
                            killed.countDown();
                          }
                        });
                try {
                  // Anywhere between the start of a process and the end of its trial.
                  Thread.sleep(700 + 400 * killed.getCount());
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    killer.start();
    SweepSummary summary =
        study.optimize(
            new Quick(),
            o -> o.totalTrials(12).workers(2).retries(50).executor(ProcessExecutor.perSlot()));
    killer.interrupt();
    killer.join();
    assertThat(summary.complete()).isEqualTo(12);
    assertThat(study.trials()).hasSize(12).allMatch(t -> t.state() == TrialState.COMPLETE);
    noneIsLeft(study);
    study.close();
  }

  /** A trial of half a second. */
  public static final class Quick implements Objective {
    @Override
    public double evaluate(Trial trial) throws Exception {
      trial.attribute("process", ProcessHandle.current().pid());
      for (int i = 0; i < 5; i++) {
        Thread.sleep(100);
        trial.report(i, i);
      }
      return trial.suggestFloat("x", 0, 1);
    }
  }

  @Test
  void anObjectiveThatNoOtherProcessCanMakeIsRefused() {
    try (Study study = study()) {
      for (Objective objective :
          List.<Objective>of(
              trial -> 1,
              new Objective() {
                @Override
                public double evaluate(Trial trial) {
                  return 1;
                }
              },
              new WithArgument(1))) {
        assertThatThrownBy(
                () ->
                    study.optimize(
                        objective, o -> o.trials(1).executor(ProcessExecutor.perTrial())))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("another process cannot make objective")
            .hasMessageContaining("public constructor without arguments");
      }
      assertThat(study.trials()).isEmpty();
    }
    assertThatThrownBy(() -> ObjectiveClass.make("no.such.Class"))
        .hasMessageContaining("'no.such.Class' cannot be loaded");
    assertThatThrownBy(() -> ObjectiveClass.make("java.lang.String"))
        .hasMessageContaining("does not implement");
  }

  /** Cannot be made without knowing the argument. */
  public static final class WithArgument implements Objective {
    private final double value;

    WithArgument(double value) {
      this.value = value;
    }

    @Override
    public double evaluate(Trial trial) {
      return value;
    }
  }

  private static void noneIsLeft(Study study) throws InterruptedException {
    for (Object process : processes(study)) {
      if (process instanceof Number pid) {
        for (int i = 0; i < 100 && isAlive(pid.longValue()); i++) {
          Thread.sleep(50);
        }
        assertThat(isAlive(pid.longValue())).as("worker %s", pid).isFalse();
      }
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void aDriverThatIsKilledLeavesNoWorkerBehind() throws Exception {
    Path pids = folder.resolve("pids");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Driver.class.getName(),
                pids.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("driver.log").toFile())
            .directory(folder.toFile());
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process driver = command.start();
    long worker = 0;
    while (worker == 0) {
      assertThat(driver.isAlive()).as("the driver").isTrue();
      Thread.sleep(50);
      worker = Files.exists(pids) && Files.size(pids) > 0 ? read(pids) : 0;
    }
    assertThat(isAlive(worker)).isTrue();
    driver.destroyForcibly().waitFor();
    for (int i = 0; i < 400 && isAlive(worker); i++) {
      Thread.sleep(50);
    }
    assertThat(isAlive(worker)).isFalse();
  }

  private static long read(Path pids) throws IOException {
    String text = Files.readString(pids);
    return text.endsWith("\n") ? Long.parseLong(text.strip()) : 0;
  }

  /** Runs one trial that never ends. */
  public static final class Driver {
    private Driver() {}

    /** Writes the worker's number to a file. */
    public static void main(String[] arguments) throws InterruptedException {
      try (Study study = Study.create("driver", o -> {})) {
        study.optimize(
            new Endless(),
            o ->
                o.trials(1)
                    .executor(
                        ProcessExecutor.perTrial()
                            .environment(slot -> Map.of("DENDRA_TEST_FILE", arguments[0]))));
      }
    }
  }

  /** Hears no interrupt. */
  public static final class Endless implements Objective {
    @Override
    public double evaluate(Trial trial) throws IOException {
      Files.writeString(
          Path.of(System.getenv("DENDRA_TEST_FILE")), ProcessHandle.current().pid() + "\n");
      while (trial.number() == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
      return 0;
    }
  }
}
