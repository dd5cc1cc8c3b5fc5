package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.backend.cuda.library.FoundNvrtc;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels as NVIDIA's NVRTC takes them, where its library is on the machine. */
class NvrtcCompilationTest {
  private static final long MOST_MINUTES = 5;

  @TempDir private Path folder;

  @Test
  void nvrtcCompilesThem() throws Exception {
    Optional<FoundNvrtc> nvrtc = FoundNvrtc.find();
    assumeTrue(
        nvrtc.isPresent(), "needs libnvrtc.so.12 or .13 of a CUDA toolkit or a Python package");
    nvrtc.get().prepare(folder);
    Path units = folder.resolve("units.txt");
    try (InputStream in = NvrtcCompilationTest.class.getResourceAsStream("kernel-units.txt")) {
      Files.copy(in, units);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + folder);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), NvrtcMain.class.getName()));
    command.add(units.toString());
    nvrtc.get().files().forEach(file -> command.add(file.toString()));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean done = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    if (!done) {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertThat(said).contains("compiled ").doesNotContain("refused ").endsWith("end\n");
  }
}
