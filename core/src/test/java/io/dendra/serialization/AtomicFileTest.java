package io.dendra.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void before() throws IOException {
    file = folder.resolve("file");
    Files.writeString(file, "before");
  }

  private void assertOnly(String content) throws IOException {
    assertThat(file).hasContent(content);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void replacesAFile() throws IOException {
    AtomicFile.write(file, out -> out.write('x'));
    assertOnly("x");
  }

  @Test
  void aFullDiskLeavesTheOldFile() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[200_000]);
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");
    assertOnly("before");
  }

  @Test
  void anErrorInTheContentLeavesTheOldFile() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new OutOfMemoryError("made for this test");
                    }))
        .isInstanceOf(OutOfMemoryError.class);
    assertOnly("before");
  }

  @Test
  void anInterruptedThreadStillSavesAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    try {
      AtomicFile.write(file, out -> out.write(new byte[200_000]));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(file).hasSize(200_000);
  }

  @Test
  void writesThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFile.write(link, out -> out.write('x'));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("x");
  }

  @Test
  void makesFolders() throws IOException {
    Path deep = folder.resolve("a/b/c");
    AtomicFile.write(deep, out -> out.write('x'));
    assertThat(deep).hasContent("x");
  }

  @Test
  void saysWhatStandsInTheWay() throws IOException {
    assertThatThrownBy(() -> AtomicFile.write(folder, out -> {})).hasMessage("it is a folder");
    assertThatThrownBy(() -> AtomicFile.requireWritable(file.resolve("below")))
        .isInstanceOfSatisfying(
            IOException.class,
            e -> assertThat(AtomicFile.reason(e)).isEqualTo(file + " is no folder"));
    AtomicFile.requireWritable(file);
    assertOnly("before");
  }
}
