package io.dendra.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EmulatorTest {

  @Test
  void buildsOnceAndIsFoundAgain() {
    Emulator.unavailable().ifPresent(Assumptions::abort);
    Path folder = Emulator.build().folder();
    assertThat(folder)
        .isDirectoryContaining("glob:**/libcuda.so.1")
        .isDirectoryContaining("glob:**/libnvrtc.so.12")
        .isDirectoryContaining("glob:**/libcublas.so.12")
        .isDirectoryContaining("glob:**/libcudnn.so.8");
    assertThat(Emulator.build().folder()).isEqualTo(folder);
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void theNamesOfCuda13LackWhatThatReleaseRemoved() throws IOException {
    Emulator.unavailable().ifPresent(Assumptions::abort);
    Path folder = Emulator.build(Emulator.Version.CUDA_13).folder();
    String cudnn =
        Files.readString(
            folder.resolve("libcudnn.so.9"), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(cudnn).contains("cudnnConvolutionForward").doesNotContain("cudnnGetRNNParamsSize");
    assertThat(folder.resolve("libcublas.so.13")).exists();
    assertThat(folder.resolve("libnvrtc.so.13")).exists();
  }

  @Test
  void aFailedBuildSaysWhyAndLeavesNothing(@TempDir Path root) throws IOException {
    Emulator.unavailable().ifPresent(Assumptions::abort);
    Path sources = root.resolve("cpp");
    Files.createDirectories(sources);
    Files.writeString(sources.resolve("build.sh"), "echo nothing to build with >&2\nexit 3\n");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                IOException.class,
                () -> Gcc.build(sources, root.resolve("out"), Emulator.Version.CUDA_12)))
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("nothing to build with");
    try (Stream<Path> left = Files.list(root)) {
      assertThat(left.toList()).isEqualTo(List.of(sources));
    }
  }
}
