package io.dendra.examples.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.examples.CommandRun;
import io.dendra.examples.IdxFolder;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepCommandTest {
  @TempDir static Path shared;
  @TempDir Path folder;
  private static Path data;

  @BeforeAll
  static void writeDigits() throws IOException {
    data = IdxFolder.write(shared.resolve("mnist"), 240, 60);
  }

  private CommandRun sweep(String... args) {
    List<String> all = new ArrayList<>(List.of("sweep"));
    all.addAll(List.of(args));
    if (args[0].equals("run") || args[0].equals("resume")) {
      all.addAll(List.of("--backend=reference", "--directory=" + folder.resolve("trials")));
    }
    return CommandRun.of(all.toArray(String[]::new));
  }

  private CommandRun mnist(String... args) {
    List<String> all =
        new ArrayList<>(
            List.of("run", "mnist", "--storage=memory", "--data=" + data, "--epochs=2"));
    all.addAll(List.of(args));
    return sweep(all.toArray(String[]::new));
  }

  private static void assertFails(CommandRun run, int code, String... words) {
    assertThat(run.code()).as(run.toString()).isEqualTo(code);
    assertThat(run.err()).startsWith("error: ").contains(words).doesNotContain("\tat ");
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(2);
  }

  /** An objective as users write them. */
  public static final class Parabola implements Objective {
    @Override
    public double evaluate(Trial trial) {
      double x = trial.suggestFloat("x", -5, 5);
      return x * x;
    }
  }

  /** Never succeeds. */
  public static final class Hopeless implements Objective {
    @Override
    public double evaluate(Trial trial) {
      throw new IllegalStateException("no luck with " + trial.suggestInt("n", 1, 3));
    }
  }

  /** Cannot be made. */
  static final class Hidden implements Objective {
    @Override
    public double evaluate(Trial trial) {
      return 0;
    }
  }

  @Test
  void searchesDigitsAndTestsTheBestOnce() throws IOException {
    Path report = folder.resolve("report.html");
    CommandRun run =
        mnist(
            "--trials=3",
            "--set=layers=1",
            "--enqueue=units=128,optimizer=adam,learning_rate=0.01",
            "--report=" + report);
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("200 to train on, 40 held out to compare trials by, 60 to test the best")
        .contains("3/3  trial 2", "units=128", "optimizer=adam", "layers=1", "Best value 0.")
        .contains("Test accuracy 0.", "on 60 pictures that no trial has seen", "model.dendra")
        .doesNotContain("layers=2", "layers=3");
    assertThat(Files.readString(report)).contains("test accuracy", "validation accuracy");
    try (var models = Files.walk(folder.resolve("trials"))) {
      assertThat(models.filter(file -> file.endsWith("model.dendra"))).hasSize(1);
    }
  }

  @Test
  void searchesConvolutionsToo() {
    CommandRun run =
        sweep(
            "run",
            "mnist-cnn",
            "--storage=memory",
            "--data=" + data,
            "--epochs=1",
            "--limit=48",
            "--trials=1",
            "--quiet",
            "--set=filters=8,layers=1");
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out()).startsWith("Best value ").contains("filters = 8", "Test accuracy");
  }

  @Test
  void runsAClassOfTheUsers() {
    CommandRun run =
        sweep(
            "run",
            Parabola.class.getName(),
            "--storage=memory",
            "--trials=20",
            "--workers=2",
            "--seed=3",
            "--enqueue=x=0");
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out()).contains("20 trials in", "Best value 0.0 by trial 0", "x = 0.0");
  }

  @Test
  void anObjectiveThatAlwaysFailsIsAFailure() {
    assertFails(
        sweep("run", Hopeless.class.getName(), "--storage=memory", "--trials=2"),
        1,
        "all 2 trials failed",
        "no luck with");
  }

  @Test
  void classesThatAreNoObjectives() {
    assertFails(
        sweep("run", "com.acme.Objective", "--storage=memory"), 1, "no class", "--classpath");
    assertFails(
        sweep("run", "java.lang.String", "--storage=memory"), 1, "does not implement", "Objective");
    assertFails(sweep("run", Hidden.class.getName(), "--storage=memory"), 1, "has to be public");
    assertFails(
        sweep("run", "com.acme.X", "--classpath=" + folder.resolve("no.jar")), 1, "no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run mnits|1|Did you mean 'mnist'",
        "run mnist --sampler=rndom|2|Did you mean 'random'",
        "run mnist --pruner=ahsa|2|Did you mean 'asha'",
        "run mnist --set=unit=3|1|Did you mean 'units'",
        "run mnist --enqueue=learning-rate=3|1|learning_rate",
        "run mnist --set=units|2|name=value",
        "run mnist --sampler=grid|1|--grid units=64:128",
        "run mnist --timeout=soon|2|10m",
        "run mnist --epochs=0|1|--epochs has to be at least 1",
        "run mnist --backend=cdua|2|or 'cuda'?",
        "run mnist --slots=2 --workers=2|1|give one of them",
        "run mnist --devices=all,cpu|1|leaves nothing to add",
        "run mnist --direction=up|1|minimize or maximize",
        "run mnist --direction=maximize,minimize --pruner=asha|1|several objectives",
        "list --storage=nowhere.db|1|nowhere.db",
        "export --storage=nowhere.db --format=xml|1|csv or json",
        "resume|2|STUDY",
        "resume mnist --storage=nowhere.db|1|nowhere.db"
      })
  void saysWhatIsWrong(String command, int code, String words) {
    List<String> args = new ArrayList<>(List.of(command.split(" ", -1)));
    if (args.get(0).equals("run")) {
      args.addAll(List.of("--storage=memory", "--data=" + data));
    }
    assertFails(sweep(args.toArray(String[]::new)), code, words);
  }

  @Test
  void aDeviceThatIsNotThereIsAnErrorBeforeAnyTrial() {
    CommandRun run =
        CommandRun.of(
            "sweep", "run", "mnist", "--storage=memory", "--data=" + data, "--devices=reference:9");
    assertFails(run, 1, "no device reference:9");
    assertThat(run.out()).doesNotContain("trial 0");
  }
}
