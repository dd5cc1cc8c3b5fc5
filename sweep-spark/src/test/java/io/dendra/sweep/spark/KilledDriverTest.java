package io.dendra.sweep.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.Storages;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of the driver dies in the midst of a sweep, and another one goes on. */
@Timeout(400)
class KilledDriverTest {
  private static final int TRIALS = 20;

  @TempDir private Path folder;

  /** A program that sweeps, as users write it. */
  static final class Driver {
    private Driver() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      try (JavaSparkContext spark = new JavaSparkContext(LocalCluster.conf(2, 0));
          Storage storage = Storages.open(address(folder));
          Study study =
              Study.create("killed", o -> o.storage(storage).loadIfExists().directory(folder))) {
        SparkSweep.on(spark)
            .backend("reference")
            .workers(2)
            .optimize(study, Objectives.Watched.class, o -> o.totalTrials(TRIALS));
      }
    }
  }

  private static String address(Path folder) {
    return "sqlite:///" + folder.resolve("study.db");
  }

  @Test
  void anotherDriverEndsTheStudy() throws Exception {
    // Skips where there can be no cluster.
    LocalCluster.conf(2, 0);
    Process first = driver();
    Process second = null;
    try (Storage storage = Storages.open(address(folder));
        Study study =
            Study.create("killed", o -> o.storage(storage).loadIfExists().directory(folder))) {
      while (first.isAlive() && complete(study) < 3) {
        Thread.sleep(20);
      }
      assertThat(first.isAlive()).as(output()).isTrue();
      // By SIGKILL, where there are signals.
      first.destroyForcibly().waitFor();
      List<TrialRecord> before = study.trials();
      assertThat(complete(study)).isLessThan(TRIALS);
      assertThat(before).anyMatch(trial -> trial.state() == TrialState.RUNNING);
      for (long executor : executors()) {
        ProcessHandle.of(executor).ifPresent(KilledDriverTest::awaitEnd);
      }
      second = driver();
      assertThat(second.waitFor(300, TimeUnit.SECONDS)).as(output()).isTrue();
      assertThat(second.exitValue()).as(output()).isZero();
      assertThat(study.trials())
          .allMatch(trial -> trial.state() == TrialState.COMPLETE)
          .extracting(TrialRecord::number)
          .containsExactlyElementsOf(IntStream.range(0, TRIALS).boxed().toList());
      assertThat(study.trials())
          .containsAll(before.stream().filter(t -> t.state() == TrialState.COMPLETE).toList());
    } finally {
      first.destroyForcibly();
      if (second != null) {
        second.destroyForcibly();
      }
    }
    assertSound();
  }

  private void assertSound() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("study.db"));
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(row.getString(1)).isEqualTo("ok");
      }
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM trial_values")) {
        assertThat(row.getInt(1)).isEqualTo(TRIALS);
      }
    }
  }

  private static long complete(Study study) {
    return study.trials().stream().filter(trial -> trial.state() == TrialState.COMPLETE).count();
  }

  /** Executors notice that their driver is gone. */
  private static void awaitEnd(ProcessHandle executor) {
    assertThat(executor.onExit()).succeedsWithin(Duration.ofSeconds(100));
  }

  private List<Long> executors() throws Exception {
    List<Long> executors = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.endsWith("executor")).toList()) {
        executors.add(Long.parseLong(Files.readString(file)));
      }
    }
    assertThat(executors).isNotEmpty();
    return executors.stream().distinct().toList();
  }

  private Process driver() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LocalCluster.moduleOptions());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Ddendra.spark.cluster=true", "-cp"));
    command.add(String.join(File.pathSeparator, LocalCluster.classPath()));
    command.addAll(List.of(Driver.class.getName(), folder.toString()));
    File log = folder.resolve("driver.log").toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private String output() throws Exception {
    return Files.readString(folder.resolve("driver.log"));
  }
}
