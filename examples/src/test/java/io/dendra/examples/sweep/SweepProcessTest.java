package io.dendra.examples.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.examples.CommandRun;
import io.dendra.examples.IdxFolder;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.Storages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sweeps in processes of their own that are interrupted, killed, or begin at the same time. */
@Timeout(240)
class SweepProcessTest {
  private static final String SLOW = Objectives.Slow.class.getName();

  @TempDir Path folder;

  private ChildProgram program;

  @BeforeEach
  void prepare() {
    program = new ChildProgram(folder.resolve("log"));
  }

  @AfterEach
  void endProcesses() {
    program.end();
  }

  private List<String> arguments(String... args) {
    List<String> all = new ArrayList<>(List.of("sweep"));
    all.addAll(List.of(args));
    all.addAll(
        List.of(
            "--storage=" + file(), "--directory=" + folder.resolve("t"), "--backend=reference"));
    return all;
  }

  private Path file() {
    return folder.resolve("sweeps.db");
  }

  private Process start(String... args) throws IOException {
    return program.start(Map.of(), arguments(args));
  }

  private String log() throws IOException {
    return program.output();
  }

  private int code(Process process) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(log()).isTrue();
    return process.exitValue();
  }

  private CommandRun here(String... args) {
    CommandRun run = CommandRun.of(arguments(args).toArray(String[]::new));
    assertThat(run.code()).as(run.toString()).isZero();
    return run;
  }

  private List<TrialRecord> trials(String study) {
    try (Storage storage = Storages.open("sqlite:///" + file());
        Study loaded = Study.load(study, o -> o.storage(storage))) {
      return loaded.trials();
    }
  }

  private void await(Process process, Callable<Boolean> reached) throws Exception {
    while (!reached.call()) {
      assertThat(process.isAlive()).as(log()).isTrue();
      Thread.sleep(20);
    }
  }

  private void assertWhole(String study, int count) throws Exception {
    assertThat(trials(study))
        .allMatch(trial -> trial.state().isFinished())
        .extracting(TrialRecord::number)
        .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
      assertThat(row.getString(1)).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSweepThatIsInterruptedGivesItsTrialsBackAndSaysHowToGoOn(String signal, int code)
      throws Exception {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "needs signals, as Linux has them");
    assumeTrue(
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .noneMatch(line -> (Long.parseLong(line.substring(7).strip(), 16) & 2) != 0),
        "Ctrl-C is ignored here, as in a shell's background, and so in all processes from here");
    Process sweep = start("run", SLOW, "--study=s", "--trials=500", "--workers=2");
    await(sweep, () -> log().contains("trial 3 done"));
    new ProcessBuilder("kill", "-" + signal, Long.toString(sweep.pid())).start().waitFor();
    assertThat(code(sweep)).as(log()).isEqualTo(code);
    assertThat(log())
        .containsOnlyOnce("error: interrupted with")
        .contains(
            "those that ran wait. Go on with: dendra sweep resume s --storage " + file(),
            " --directory " + folder.resolve("t"))
        .doesNotContain("\tat ", "WARN trial", "Exception");
    List<TrialRecord> left = trials("s");
    assertThat(left).noneMatch(trial -> trial.state() == TrialState.RUNNING);
    assertThat(left.stream().filter(trial -> trial.state() == TrialState.WAITING).count())
        .isBetween(1L, 2L);
    assertThat(here("resume", "s", "--trials=" + (left.size() + 2)).out())
        .contains("trials so far, sampler tpe");
    assertWhole("s", left.size() + 2);
  }

  @Test
  void processesThatBeginAtTheSameTimeShareAStudyInANewFile() throws Exception {
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(start("run", SLOW, "--study=s", "--trials=12"));
    }
    for (Process process : all) {
      assertThat(code(process)).as(log()).isZero();
    }
    assertWhole("s", 12);
    assertThat(log()).doesNotContain("\tat ");
  }

  @Test
  void aKilledSweepOverNetworksGoesOnInsideItsTrial() throws Exception {
    Path data = IdxFolder.write(folder.resolve("mnist"), 600, 60);
    String[] fixed = {
      "mnist", "--data=" + data, "--epochs=12", "--trials=1", "--set=layers=1,units=128"
    };
    Process sweep = start(with(fixed, "run", "--study=killed"));
    Path trial = folder.resolve("t").resolve("killed").resolve("trial-0");
    await(sweep, () -> hasCheckpoint(trial));
    sweep.destroyForcibly().waitFor();
    assertThat(trials("killed")).hasSize(1).allMatch(t -> t.state() == TrialState.RUNNING);
    int reported = trials("killed").get(0).reports().size();
    here("resume", "killed");
    here(with(fixed, "run", "--study=whole"));
    TrialRecord killed = trials("killed").get(0);
    TrialRecord whole = trials("whole").get(0);
    assertThat((Long) killed.userAttributes().get("resumed_after_epoch"))
        .isBetween((long) Math.max(1, reported - 1), 11L);
    assertThat(whole.userAttributes()).doesNotContainKey("resumed_after_epoch");
    assertThat(killed.reports()).isEqualTo(whole.reports()).hasSize(12);
    assertThat(killed.values()).isEqualTo(whole.values());
    assertThat(killed.userAttributes()).containsKeys("seed", "data_sha256", "device", "dendra");
    try (Stream<Path> files = Files.list(trial)) {
      assertThat(files).containsExactly(trial.resolve("model.dendra"));
    }
    assertWhole("killed", 1);
  }

  private static String[] with(String[] some, String... first) {
    return Stream.concat(Stream.of(first[0]), Stream.concat(Stream.of(some), Stream.of(first[1])))
        .toArray(String[]::new);
  }

  private static boolean hasCheckpoint(Path trial) {
    String[] names = trial.toFile().list();
    return names != null
        && Stream.of(names).anyMatch(name -> name.matches("checkpoint-[2-9]\\.dendra"));
  }

  @Test
  void trialsOverNetworksRunInProcesses() throws Exception {
    Path data = IdxFolder.write(folder.resolve("mnist"), 240, 60);
    CommandRun run =
        here(
            "run",
            "mnist",
            "--data=" + data,
            "--epochs=2",
            "--trials=2",
            "--set=layers=1",
            "--executor=process");
    assertThat(run.out()).contains("2/2  trial 1", "Test accuracy", "model.dendra");
    assertWhole("mnist", 2);
  }

  @Test
  void trialsOfAClassRunInProcesses() throws Exception {
    String name = Objectives.WhereItRuns.class.getName();
    here("run", name, "--study=w", "--trials=4", "--workers=2", "--executor=process");
    assertWhole("w", 4);
    assertThat(trials("w"))
        .extracting(trial -> trial.userAttributes().get("process"))
        .doesNotContain(ProcessHandle.current().pid())
        .doesNotContainNull();
  }
}
