package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels on disk: what is written comes back, what is damaged does not. */
class KernelCacheTest {
  private static final byte[] IMAGE = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  @Test
  void givesBackWhatWasKept() {
    KernelCache cache = new KernelCache(folder);
    cache.write("a", IMAGE);
    assertThat(new KernelCache(folder).read("a")).isEqualTo(IMAGE);
    assertThat(cache.read("b")).isNull();
  }

  @Test
  void everyPartOfTheNameCounts() {
    assertThat(
            Stream.of(
                    KernelCache.name("text", "sm_90", "12.6"),
                    KernelCache.name("text", "sm_80", "12.6"),
                    KernelCache.name("text", "sm_90", "12.8"),
                    KernelCache.name("texts", "m_90", "12.6"),
                    KernelCache.name("text2", "sm_90", "12.6"))
                .distinct())
        .hasSize(5);
  }

  @Test
  void damageIsNoticed() throws IOException {
    KernelCache cache = new KernelCache(folder);
    cache.write("a", IMAGE);
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.toList().get(0);
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length : List.of(0, 1, 32, whole.length - 1)) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThat(cache.read("a")).as("cut to " + length).isNull();
    }
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 4;
      Files.write(file, flipped);
      assertThat(cache.read("a")).as("byte " + i + " changed").isNull();
    }
    cache.write("a", IMAGE);
    assertThat(cache.read("a")).isEqualTo(IMAGE);
  }

  @Test
  void aFolderThatCannotBeWrittenOnlyCostsTime() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    KernelCache cache = new KernelCache(file.resolve("below"));
    cache.write("a", IMAGE);
    cache.write("b", IMAGE);
    assertThat(cache.read("a")).isNull();
    KernelCache none = new KernelCache(null);
    none.write("a", IMAGE);
    assertThat(none.read("a")).isNull();
  }
}
