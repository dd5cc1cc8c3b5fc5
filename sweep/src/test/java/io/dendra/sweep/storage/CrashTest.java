package io.dendra.sweep.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that work on one SQLite file are killed at random moments and started again until the
 * study is complete. {@code -Ddendra.crash.kills=50} kills that often, {@code
 * -Ddendra.crash.seed=1} at other moments.
 */
class CrashTest {
  private static final int KILLS = Integer.getInteger("dendra.crash.kills", 4);
  private static final long SEED = Long.getLong("dendra.crash.seed", 0);

  @TempDir Path folder;

  private Storage watch;

  @Test
  void oneProcessKilledAgainAndAgainEndsWithTheWholeStudy() throws Exception {
    run(1);
  }

  @Test
  void threeProcessesKilledAgainAndAgainEndWithTheWholeStudy() throws Exception {
    run(3);
  }

  private void run(int processes) throws Exception {
    RandomStream random = new RandomStream(RandomKey.of(SEED).fold("crash").fold(processes));
    // Enough for the study to outlive the kills: fewer are done between two.
    int target = 40 * KILLS;
    String address = "sqlite:///" + folder.resolve("crash.db");
    List<Process> workers = new ArrayList<>();
    int killed = 0;
    int revived = 0;
    try {
      for (int i = 0; i < processes; i++) {
        workers.add(worker(address, target));
      }
      while (killed < KILLS) {
        Process victim = workers.remove(0);
        if (killed % 3 == 0) {
          // From the start of Java on: while the database is opened, or not yet.
          TimeUnit.MILLISECONDS.sleep((long) (random.nextDouble() * 1500));
        } else {
          awaitTrialOf(victim, address);
          TimeUnit.MILLISECONDS.sleep((long) (random.nextDouble() * 100));
        }
        if (!victim.isAlive() && victim.waitFor() == 0) {
          break;
        }
        assertThat(victim.isAlive()).as(log()).isTrue();
        victim.destroyForcibly().waitFor();
        killed++;
        revived += running(address, victim);
        workers.add(worker(address, target));
      }
      for (Process worker : workers) {
        assertThat(worker.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(worker.exitValue()).as(log()).isZero();
      }
    } finally {
      workers.forEach(Process::destroyForcibly);
    }
    System.out.println(
        killed
            + " kills of "
            + processes
            + " processes, "
            + target
            + " trials, "
            + revived
            + " that ran when their process was killed");
    assertWhole(address, target);
  }

  private void awaitTrialOf(Process process, String address) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive() && running(address, process) == 0 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
  }

  /** How many trials a process has, alive or dead. */
  private int running(String address, Process process) {
    if (!Files.exists(folder.resolve("crash.db"))) {
      return 0;
    }
    if (watch == null) {
      watch = Storages.open(address);
    }
    int count = 0;
    Optional<StudyRecord> study = watch.findStudy(CrashWorker.STUDY);
    if (study.isPresent()) {
      for (TrialRecord trial : watch.trials(study.get().id())) {
        String owner = String.valueOf(trial.systemAttributes().get(TrialLease.OWNER));
        if (trial.state() == TrialState.RUNNING && owner.contains("/" + process.pid() + "/")) {
          count++;
        }
      }
    }
    return count;
  }

  @AfterEach
  void closeWatch() {
    if (watch != null) {
      watch.close();
    }
  }

  private void assertWhole(String address, int target) throws Exception {
    try (Study study = Study.load(CrashWorker.STUDY, o -> o.storage(address))) {
      List<TrialRecord> trials = study.trials();
      assertThat(trials)
          .extracting(TrialRecord::number)
          .containsExactlyElementsOf(IntStream.range(0, target).boxed().toList());
      assertThat(trials)
          .allSatisfy(
              trial -> {
                assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
                assertThat(trial.values()).hasSize(1);
                assertThat(trial.parameters()).hasSize(2);
                assertThat(trial.reports()).hasSize(3);
                double x = (Double) trial.parameterValues().get("x");
                long n = (Long) trial.parameterValues().get("n");
                assertThat(trial.value()).isEqualTo(x * n);
              });
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("crash.db"));
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(row.getString(1)).isEqualTo("ok");
      }
      try (ResultSet row = statement.executeQuery("PRAGMA foreign_key_check")) {
        assertThat(row.next()).isFalse();
      }
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM trial_values")) {
        assertThat(row.getInt(1)).isEqualTo(target);
      }
    }
  }

  private Process worker(String address, int target) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashWorker.class.getName(),
            address,
            Integer.toString(target))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private String log() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
