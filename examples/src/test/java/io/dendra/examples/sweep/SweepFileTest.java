package io.dendra.examples.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.examples.CommandRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Studies in a SQLite file, from command to command. */
class SweepFileTest {
  private static final String PARABOLA = Objectives.Parabola.class.getName();

  /** Made by Optuna, with the script beside the test of the storage that reads it, too. */
  private static final Path OPTUNA =
      Path.of("../sweep/src/test/resources/io/dendra/sweep/storage/optuna-study.sql");

  @TempDir Path folder;

  private CommandRun sweep(String... args) {
    List<String> all = new ArrayList<>(List.of("sweep"));
    all.addAll(List.of(args));
    all.add("--storage=" + folder.resolve("sweeps.db"));
    if (args[0].equals("run") || args[0].equals("resume")) {
      all.addAll(List.of("--backend=reference", "--directory=" + folder.resolve("trials")));
    }
    return CommandRun.of(all.toArray(String[]::new));
  }

  private CommandRun done(String... args) {
    CommandRun run = sweep(args);
    assertThat(run.code()).as(run.toString()).isZero();
    return run;
  }

  private void assertFails(CommandRun run, String... words) {
    assertThat(run.code()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains(words).hasLineCount(1);
  }

  @Test
  void aStudyGoesOnFromCommandToCommandAndAllCommandsReadIt() throws Exception {
    assertThat(done("run", PARABOLA, "--study=p", "--trials=5", "--enqueue=x=0").out())
        .contains("p: 0 of 5 trials so far", "5/5  trial 4", "5 trials in", "Best value 0.0");
    assertThat(done("resume", "p", "--trials=8", "--quiet").out()).startsWith("Best value 0.0");
    assertThat(done("run", PARABOLA, "--study=p", "--trials=10", "--enqueue=x=0").out())
        .contains("has a trial that was enqueued with {x=0}")
        .contains("p: 8 of 10 trials so far", "10/10  trial 9");
    assertThat(done("resume", "p").out()).contains("The study has its 10 trials");
    done("run", PARABOLA, "--study=other", "--trials=1", "--quiet");
    assertThat(done("list").out().lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("p +10 .* 0.0 \\(trial 0\\)"))
        .anyMatch(line -> line.matches("other +1 .*"));
    assertThat(done("best", "p").out())
        .isEqualToNormalizingNewlines("Best value 0.0 by trial 0\n  x = 0.0\n");
    assertThat(done("export", "p").out().lines())
        .hasSize(11)
        .first()
        .isEqualTo("number,value,datetime_start,datetime_complete,duration,params_x,state");
    Path json = folder.resolve("p.json");
    done("export", "p", "--out=" + json);
    JsonNode exported = new ObjectMapper().readTree(json.toFile());
    assertThat(exported.at("/trials")).hasSize(10);
    assertThat(exported.at("/trials/0/reports/2").asDouble()).isZero();
    assertThat(exported.at("/trials/0/parameters/x").asDouble()).isZero();
    Path page = folder.resolve("p.html");
    done("report", "p", "--report=" + page);
    assertThat(Files.readString(page)).contains("<title>", "asha", PARABOLA);
  }

  @Test
  void aFrontOfSeveralObjectivesIsListedAndShown() {
    done("run", Objectives.Both.class.getName(), "--trials=4", "--direction=minimize,minimize");
    assertThat(done("list").out()).contains("4 on the front");
    assertThat(done("best").out().lines().filter(line -> line.startsWith("On the front: ")))
        .hasSize(4);
  }

  @Test
  void unknownStudiesAreToldWithThoseThatThereAre() {
    done("run", PARABOLA, "--study=digits", "--trials=1");
    done("run", PARABOLA, "--study=words", "--trials=1");
    for (String command : List.of("best", "export", "report", "resume")) {
      assertFails(
          sweep(command, "digit"), "no study 'digit'", "Did you mean 'digits'?", "digits, words");
    }
    assertFails(sweep("best"), "which study? There are digits, words");
    assertThat(folder.resolve("sweep.html")).doesNotExist();
  }

  @Test
  void aStudyKeepsItsMind() {
    done("run", PARABOLA, "--study=p", "--trials=3", "--seed=4");
    String[] again = {"run", PARABOLA, "--study=p", "--trials=4"};
    assertFails(with(again, "--sampler=random"), "has sampler tpe, given random", "sweep resume p");
    assertFails(with(again, "--set=x=1"), "has fixed {}, given {x=1}");
    assertFails(with(again, "--seed=5"), "has seed 4, given 5");
    assertFails(with(again, "--direction=maximize"), "directions [MINIMIZE], given [MAXIMIZE]");
    assertFails(
        sweep("run", Objectives.Slow.class.getName(), "--study=p"), "has objective " + PARABOLA);
    assertFails(sweep("resume", "p", "--epochs=3"), "without --epochs, given 3");
    assertFails(with(again, "--enqueue=y=1"), "no parameter 'y'", "There are x");
    assertFails(sweep("resume", "p", "--trials=4", "--enqueue=xx=1"), "Did you mean 'x'?");
    assertFails(sweep("resume", "p", "--enqueue=x=high"), "x=high: a number is needed");
    assertFails(sweep("resume", "p", "--trials=-4"), "--trials has to be at least 1, given -4");
    assertThat(done("list").out()).containsPattern("p +3 ");
    assertThat(done("resume", "p").out()).contains("p: 3 of 3 trials so far");
  }

  private CommandRun with(String[] args, String more) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add(more);
    return sweep(all.toArray(String[]::new));
  }

  @Test
  void aParameterOfAnotherKindSaysWhatEarlierTrialsHad() {
    String[] run = {"run", Objectives.Edited.class.getName(), "--study=e", "--trials=3"};
    done(run);
    Objectives.Edited.edited = true;
    try {
      CommandRun edited = sweep("resume", "e", "--trials=4");
      assertThat(edited.code()).isEqualTo(1);
      assertThat(edited.err())
          .contains("all 1 trials failed", "parameter 'x' is IntDistribution", "FloatDistribution")
          .contains("another name for the parameter, or a new study");
    } finally {
      Objectives.Edited.edited = false;
    }
    assertThat(done("resume", "e", "--trials=6").out()).contains("6/6");
  }

  @Test
  void aStudyMadeByOptunaGoesOn() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sweeps.db"));
        Statement statement = connection.createStatement()) {
      String script = Files.readString(OPTUNA, StandardCharsets.UTF_8);
      for (String sql : script.split(";\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
    assertThat(done("list").out()).containsPattern("reports +2 ").contains("on the front");
    assertFails(sweep("resume", "reports"), "was not begun by sweep run", "--study reports");
    assertThat(done("run", PARABOLA, "--study=reports", "--trials=6").out())
        .contains("reports: 2 of 6 trials so far", "6/6  trial 5");
    assertThat(done("resume", "reports", "--trials=7", "--enqueue=x=0").out())
        .contains("Best value 0.0");
    Path page = folder.resolve("optuna.html");
    done("report", "from-optuna", "--report=" + page);
    assertThat(page).isNotEmptyFile();
  }
}
