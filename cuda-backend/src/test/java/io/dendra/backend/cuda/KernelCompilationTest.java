package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels as NVIDIA's own compiler takes them, where a CUDA toolkit is there: the emulator's
 * compiler lets pass what that one refuses.
 */
class KernelCompilationTest {
  private static final String ARCHITECTURE = "sm_90";
  private static final long MOST_MINUTES = 5;
  private static final Pattern INCLUDE = Pattern.compile("#include \"(\\w+)\\.cu\"");

  @Test
  void everyFileOfKernelsIsCompiled() throws IOException, URISyntaxException {
    Path folder =
        Path.of(
            Objects.requireNonNull(KernelSource.class.getResource("kernels/common.cu")).toURI());
    TreeSet<String> files = new TreeSet<>();
    List<String> included = new ArrayList<>(List.of("common"));
    try (Stream<Path> listed = Files.list(Objects.requireNonNull(folder.getParent()))) {
      for (Path file : listed.toList()) {
        files.add(file.getFileName().toString().replace(".cu", ""));
        INCLUDE
            .matcher(Files.readString(file))
            .results()
            .forEach(found -> included.add(found.group(1)));
      }
    }
    included.forEach(files::remove);
    List<String> compiled = units().stream().map(KernelSource::file).toList();
    assertThat(compiled).as("the files in kernel-units.txt").containsAll(files);
  }

  @Test
  void nvccCompilesThem(@TempDir Path folder) throws IOException, InterruptedException {
    assumeTrue(isOnPath("nvcc"), "needs nvcc, the compiler of a CUDA toolkit, on the PATH");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nvcc", "-cubin", "-arch=" + ARCHITECTURE, "-std=c++17"));
    command.addAll(List.of("--threads", "0"));
    for (KernelSource unit : units()) {
      String name = unit.title().replaceAll("\\W+", "_") + ".cu";
      Files.writeString(folder.resolve(name), unit.text());
      command.add(name);
    }
    Path log = folder.resolve("log");
    Process nvcc =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean done = nvcc.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    if (!done) {
      nvcc.destroyForcibly();
    }
    assertThat(done).as("nvcc is done within %d minutes", MOST_MINUTES).isTrue();
    assertThat(nvcc.exitValue()).as(Files.readString(log)).isZero();
  }

  /** The units of {@code kernel-units.txt}. */
  private static List<KernelSource> units() throws IOException {
    try (InputStream in = KernelCompilationTest.class.getResourceAsStream("kernel-units.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(words -> new KernelSource(words[0], List.of(words).subList(1, words.length)))
          .toList();
    }
  }

  private static boolean isOnPath(String program) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Arrays.stream(path.split(Pattern.quote(System.getProperty("path.separator"))))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
