package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {JniFiles.DRIVER, JniFiles.NVRTC, JniFiles.CUBLAS, JniFiles.CUDNN})
  void tellsWhatALibraryOffersAndWants(String resource) throws IOException {
    ElfFile file = ElfFile.of(JniFiles.read(resource));
    assertThat(file.exports()).anyMatch(name -> name.startsWith("Java_jcuda_"));
    assertThat(file.imports())
        .contains("__stack_chk_fail")
        .doesNotContainAnyElementsOf(file.exports());
    assertThat(file.needed()).contains("libc.so.6").anyMatch(name -> name.matches("lib(cu|nv).*"));
  }

  @Test
  void readsFilesAsItReadsBytes() throws IOException {
    byte[] content = JniFiles.read(JniFiles.NVRTC);
    Path path = Files.write(folder.resolve("libJNvrtc.so"), content);
    Set<String> exports = ElfFile.read(path, ElfFile::exports);
    assertThat(exports).isEqualTo(ElfFile.of(content).exports());
  }

  /** Loading such a file would end the process. */
  @Test
  void aFileThatIsCutShortIsNoLibrary() throws IOException {
    byte[] content = JniFiles.read(JniFiles.NVRTC);
    int loaded = 0x010af0 + 0x000844;
    for (int length = 0; length < loaded; length += 997) {
      byte[] cut = java.util.Arrays.copyOf(content, length);
      assertThatThrownBy(() -> ElfFile.of(cut).exports()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void damageIsAnExceptionAtWorst() throws IOException {
    byte[] content = JniFiles.read(JniFiles.NVRTC);
    int headers = 0x5340;
    long state = 42;
    for (int round = 0; round < 3000; round++) {
      byte[] damaged = content.clone();
      for (int i = 0; i < 4; i++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        int range = round % 2 == 0 ? 1024 : headers;
        damaged[(int) Long.remainderUnsigned(state >>> 16, range)] = (byte) (state >>> 56);
      }
      try {
        ElfFile file = ElfFile.of(damaged);
        file.exports();
        file.needed();
        new LinkTarget("libnvrtc.so.12", "libnvrtc.so.13").applyTo(damaged);
      } catch (IOException e) {
        assertThat(e).hasMessageMatching(".+");
      } catch (RuntimeException e) {
        fail("round " + round, e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "INPUT(libcublas.so.12)", "#!/bin/sh\nexit 1\n"})
  void otherFilesAreNoLibraries(String text) {
    byte[] content = java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), 100);
    assertThatThrownBy(() -> ElfFile.of(content))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no shared library for Linux on x86-64");
  }

  @Test
  void knowsWhetherALibraryLooksBesideItself() throws IOException {
    for (String resource : List.of(JniFiles.CUBLAS, JniFiles.DRIVER)) {
      assertThat(ElfFile.of(JniFiles.read(resource)).searchesItsFolder()).isFalse();
    }
  }
}
