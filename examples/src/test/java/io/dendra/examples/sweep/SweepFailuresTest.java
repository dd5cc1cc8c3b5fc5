package io.dendra.examples.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.examples.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work is said in one line, and leaves nothing behind. */
class SweepFailuresTest {
  private static final String PARABOLA = Objectives.Parabola.class.getName();
  private static final String[] READERS = {"list", "best", "export", "report"};

  @TempDir Path folder;

  private CommandRun sweep(String... args) {
    List<String> all = new ArrayList<>(List.of("sweep"));
    all.addAll(List.of(args));
    if (args[0].equals("run") || args[0].equals("resume")) {
      all.add("--directory=" + folder.resolve("trials"));
    }
    if (args[0].equals("report")) {
      all.add("--report=" + folder.resolve("page.html"));
    }
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void assertFails(CommandRun run, String... words) {
    assertThat(run.code()).as(run.toString()).isBetween(1, 2);
    assertThat(run.err()).startsWith("error: ").contains(words).doesNotContain("\tat ");
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(run.code());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "com.acme.Objective|no class 'com.acme.Objective'",
        "java.lang.String|does not implement",
        "mnits|Did you mean 'mnist'?",
        "PARABOLA --trials=-3|--trials has to be at least 1, given -3",
        "PARABOLA --trials=0|--trials has to be at least 1",
        "PARABOLA --retries=-1|--retries has to be at least 0",
        "PARABOLA --slots=0|--slots has to be at least 1",
        "PARABOLA --workers=-2|--workers has to be at least 1",
        "PARABOLA --threads=0|--threads has to be at least 1",
        "PARABOLA --devices=reference:9|no device reference:9",
        "PARABOLA --devices=gpu:0|no backend 'gpu'",
        "PARABOLA --devices=reference,reference|reference",
        "PARABOLA --backend=gpu|no backend 'gpu'",
        "PARABOLA --sampler=grid|--grid units=64:128",
        "PARABOLA --direction=sideways|minimize or maximize",
        "PARABOLA --executor=rocket|no executor 'rocket'",
        "PARABOLA --report=/proc/none/page.html|--report /proc/none/page.html cannot be written",
        "mnist --set=unit=3 --data=none|Did you mean 'units'?",
        "mnist --enqueue=unit=3 --data=none|Did you mean 'units'?",
        "mnist --epochs=0|--epochs has to be at least 1",
        "mnist --limit=-5|--limit has to be at least 1",
        "mnist --data=none|none",
      })
  void whatCannotRunLeavesNoStudyAndNoFile(String command, String words) throws IOException {
    assertFails(run(command), words);
    assertThat(files()).isEmpty();
  }

  private CommandRun run(String command) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.addAll(List.of(command.replace("PARABOLA", PARABOLA).split(" ", -1)));
    args.add("--storage=" + folder.resolve("sweeps.db"));
    return sweep(args.toArray(String[]::new));
  }

  @Test
  void aMachineWithoutThatGpuSaysSo() throws IOException {
    assertFails(run("PARABOLA --devices=cuda:97"), "cuda");
    assertThat(files()).isEmpty();
  }

  @Test
  void aFileThatIsNoDatabaseIsLeftAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.db"), "A text, no database. ".repeat(99));
    assertAllFail(file, "no SQLite database");
    assertThat(Files.readString(file)).startsWith("A text").hasSize(99 * 21);
    assertThat(files()).containsExactly("notes.db");
  }

  @Test
  void aDamagedDatabaseIsLeftAsItIs() throws IOException {
    Path file = folder.resolve("sweeps.db");
    String place = "--storage=" + file;
    CommandRun run =
        sweep(
            "run", PARABOLA, place, "--backend=reference", "--trials=40", "--workers=4", "--quiet");
    assertThat(run.code()).as(run.toString()).isZero();
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 2 * 4096, bytes.length, (byte) 0x5a);
    Files.write(file, bytes);
    List<String> before = files();
    assertAllFail(file, "is damaged: restore a copy");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aFileOrFolderWithoutTheRightToWriteIsSaid() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Path file = closed.resolve("sweeps.db");
    CommandRun run =
        sweep("run", PARABOLA, "--storage=" + file, "--backend=reference", "--trials=2");
    assertThat(run.code()).as(run.toString()).isZero();
    boolean asked = file.toFile().setReadOnly() && closed.toFile().setReadOnly();
    try {
      assumeTrue(asked && !Files.isWritable(file), "this user may write to read-only files");
      assertAllFail(file, "cannot be written: make the file and its folder writable");
      assertFails(
          sweep("run", PARABOLA, "--storage=" + closed.resolve("new.db"), "--backend=reference"),
          "readable and writable");
    } finally {
      assertThat(closed.toFile().setWritable(true)).isTrue();
    }
  }

  private void assertAllFail(Path file, String words) {
    String place = "--storage=" + file;
    for (String command : READERS) {
      assertFails(sweep(command, place), words);
    }
    assertFails(sweep("resume", "p", place, "--backend=reference"), words);
    assertFails(sweep("run", PARABOLA, place, "--backend=reference", "--trials=50"), words);
  }
}
