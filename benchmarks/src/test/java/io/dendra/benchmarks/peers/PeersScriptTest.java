package io.dendra.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script around a {@code java} and a library that only say what they were asked for. */
@EnabledOnOs(OS.LINUX)
class PeersScriptTest {
  private static final String NUMBERS = ",1,1,1,1,1,1,1,1,1,0";

  @TempDir Path folder;

  @BeforeEach
  void stand() throws IOException {
    Path benchmarks = Files.createDirectories(folder.resolve("benchmarks/target")).getParent();
    Files.copy(Path.of("peers.sh"), benchmarks.resolve("peers.sh"));
    Files.writeString(benchmarks.resolve("target/dendra-benchmarks.jar"), "");
    Files.writeString(folder.resolve("old.jar"), "");
    Files.createDirectories(folder.resolve("others/harness/target"));
    Files.createDirectories(folder.resolve("bin"));
    // peer: java -Xmx4g -jar JAR peer WORKLOAD …
    script(
        "bin/java",
        "case $* in",
        "*' machine') echo gflops=1 ;;",
        "*' report '*) echo report ;;",
        "*) shift 4; echo \"dendra $*,1,$1" + NUMBERS + "\" ;;",
        "esac");
    script(
        "others/run.sh",
        "[ $1 = broken ] && echo cannot >&2 && exit 1",
        "echo header; [ $2 = lstm ] || echo \"$1,1,$2" + NUMBERS + "\"");
  }

  private void script(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private record Outcome(int exit, String errors, List<String> measured) {}

  private Outcome run(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", folder + "/benchmarks/peers.sh"));
    command.addAll(List.of("--no-wait", "--peers", folder + "/others"));
    command.addAll(List.of("--out", folder + "/out"));
    command.addAll(List.of(args));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(errors.toFile())
            .redirectOutput(folder.resolve("output").toFile());
    builder.environment().merge("PATH", folder + "/bin", (path, own) -> own + ":" + path);
    int exit = builder.start().waitFor();
    Path csv = folder.resolve("out/peers.csv");
    List<String> measured =
        Files.exists(csv)
            ? Files.readAllLines(csv).stream().map(line -> line.replace(NUMBERS, "")).toList()
            : List.of();
    return new Outcome(exit, Files.readString(errors, StandardCharsets.UTF_8), measured);
  }

  @Test
  void dendraAndOthersTakeTurns() throws Exception {
    Outcome outcome =
        run(
            "--repeats",
            "2",
            "--only",
            "lenet,lstm",
            "--vendors",
            "fast",
            "--ours",
            "dendra,fit",
            "--before",
            folder + "/old.jar");

    List<String> round =
        List.of(
            "dendra lenet,1,lenet",
            "dendra lenet --mode fit,1,lenet",
            "dendra lenet --name dendra-before,1,lenet",
            "fast,1,lenet",
            "dendra lstm,1,lstm",
            "dendra lstm --mode fit,1,lstm",
            "dendra lstm --name dendra-before,1,lstm");
    List<String> all = new ArrayList<>(List.of(Measurement.HEADER));
    all.addAll(round);
    all.addAll(round);
    assertThat(outcome.measured()).isEqualTo(all);
    assertThat(outcome.exit()).isZero();
    assertThat(folder.resolve("out/peers.md")).hasContent("report");
    assertThat(folder.resolve("out/peers.machine")).hasContent("gflops=1\ngflops=1");
  }

  @Test
  void aLibraryThatFailsSaysWhyAndTheOthersGoOn() throws Exception {
    Outcome outcome = run("--only", "lenet", "--vendors", "broken,fast", "--busy");

    assertThat(outcome.measured())
        .containsExactly(Measurement.HEADER, "dendra lenet,1,lenet", "fast,1,lenet");
    assertThat(outcome.errors()).contains("cannot");
  }

  @Test
  void whatTrainsNothingIsNotFitted() throws Exception {
    assertThat(run("--only", "matmul1024", "--vendors", "none", "--ours", "fit").measured())
        .containsExactly(Measurement.HEADER);
  }

  @Test
  void whatItCannotUnderstandEndsInItsUsage() throws Exception {
    assertThat(run("--fast", "1").errors()).contains("usage: peers.sh");
    assertThat(run("--ours", "faster").errors()).contains("usage: peers.sh");
    assertThat(run("--repeats").exit()).isEqualTo(2);
    assertThat(run("--before", "no.jar").errors()).contains("there is no no.jar");
  }
}
