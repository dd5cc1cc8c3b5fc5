package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTargetTest {
  @ParameterizedTest
  @CsvSource({
    JniFiles.CUBLAS + ", libcublas.so.12, libcublas.so.13",
    JniFiles.NVRTC + ", libnvrtc.so.12, libnvrtc.so.13",
    JniFiles.CUDNN + ", libcudnn.so.8, libcudnn.so.9"
  })
  void onlyTheNameOfOneLibraryChanges(String resource, String from, String to) throws IOException {
    byte[] before = JniFiles.read(resource);
    byte[] after = new LinkTarget(from, to).applyTo(before);
    ElfFile old = ElfFile.of(before);
    ElfFile changed = ElfFile.of(after);
    assertThat(changed.needed()).contains(to).doesNotContain(from).hasSameSizeAs(old.needed());
    assertThat(changed.imports()).isEqualTo(old.imports());
    assertThat(changed.exports()).isEqualTo(old.exports());
    int differing = 0;
    for (int i = 0; i < before.length; i++) {
      differing += before[i] == after[i] ? 0 : 1;
    }
    // One digit of the name, and of its hash the last byte or two.
    assertThat(differing).isBetween(2, 5);
  }

  @Test
  void theSameNameChangesNothing() throws IOException {
    byte[] library = JniFiles.read(JniFiles.CUBLAS);
    assertThat(new LinkTarget("libcublas.so.12", "libcublas.so.12").applyTo(library))
        .isSameAs(library);
  }

  @Test
  void aNameOfAnotherLengthDoesNotFit() throws IOException {
    byte[] library = JniFiles.read(JniFiles.CUDNN);
    assertThatThrownBy(() -> new LinkTarget("libcudnn.so.8", "libcudnn.so.10").applyTo(library))
        .isInstanceOf(IOException.class)
        .hasMessage("libcudnn.so.8 and libcudnn.so.10 differ in length");
  }

  @Test
  void aLibraryThatWantsSomethingElseIsLeftAlone() throws IOException {
    byte[] library = JniFiles.read(JniFiles.CUDNN);
    assertThatThrownBy(() -> new LinkTarget("libcublas.so.12", "libcublas.so.13").applyTo(library))
        .isInstanceOf(IOException.class)
        .hasMessage("it is not linked against libcublas.so.12");
  }

  /** Hashes that stand in every library of glibc's time. */
  @ParameterizedTest
  @CsvSource({"GLIBC_2.2.5, 09691a75", "GLIBC_2.4, 0d696914", "GLIBC_2.14, 06969194"})
  void hashesAsTheLinkerDoes(String name, String hash) {
    assertThat(LinkTarget.hash(name)).isEqualTo(Integer.parseInt(hash, 16));
  }
}
