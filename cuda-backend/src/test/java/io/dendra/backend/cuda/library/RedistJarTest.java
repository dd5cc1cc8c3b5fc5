package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.config.Config;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a small jar that is laid out as the one with CUDA's libraries. */
class RedistJarTest {
  private static final String NAME = "cuda-12.3-8.9-1.5.10-linux-x86_64-redist";

  @TempDir private Path folder;
  private Path jar;

  @BeforeEach
  void makeJar() throws IOException {
    Config.set("dendra.cuda.cache", folder.resolve("cache").toString());
    jar = folder.resolve(NAME + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String name :
          List.of(
              "libcublas.so.12",
              "libcublasLt.so.12",
              "libnvrtc.so.12",
              "libnvrtc-builtins.so.12.3",
              "libcudnn.so.8",
              "libcudnn_ops_infer.so.8",
              "libcufft.so.11",
              "include/libcudnn.so.h")) {
        entries.putNextEntry(new JarEntry(RedistJars.FOLDER + name));
        entries.write(("content of " + name).getBytes(StandardCharsets.UTF_8));
        entries.closeEntry();
      }
    }
  }

  @AfterEach
  void forgetCache() {
    Config.set("dendra.cuda.cache", null);
  }

  private List<LibraryFolder> folders() throws IOException {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      return new RedistJars(loader).folders();
    }
  }

  @Test
  void unpacksWhatIsUsedAndNothingElse() throws IOException {
    List<LibraryFolder> folders = folders();
    Path unpacked = folder.resolve("cache/redist-" + NAME);
    assertThat(folders).containsExactly(new LibraryFolder(unpacked, "org.bytedeco:cuda"));
    assertThat(Machine.entries(unpacked, "*"))
        .extracting(path -> path.getFileName().toString())
        .containsExactly(
            ".lock",
            "libcublas.so.12",
            "libcublasLt.so.12",
            "libcudnn.so.8",
            "libcudnn_ops_infer.so.8",
            "libnvrtc-builtins.so.12.3",
            "libnvrtc.so.12");
    assertThat(unpacked.resolve("libcudnn.so.8")).hasContent("content of libcudnn.so.8");
    assertThat(LibraryFile.in(folders.get(0))).hasSize(5);
  }

  @Test
  void unpacksOnce() throws IOException {
    Path library = folders().get(0).path().resolve("libcublas.so.12");
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(library, longAgo);
    folders();
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(longAgo);
  }

  @Test
  void replacesWhatIsCutShortOrGone() throws IOException {
    Path unpacked = folders().get(0).path();
    Files.writeString(unpacked.resolve("libcublas.so.12"), "content of");
    Files.delete(unpacked.resolve("libnvrtc.so.12"));
    folders();
    assertThat(unpacked.resolve("libcublas.so.12")).hasContent("content of libcublas.so.12");
    assertThat(unpacked.resolve("libnvrtc.so.12")).hasContent("content of libnvrtc.so.12");
  }

  @Test
  void withoutTheJarThereAreNoFolders() throws IOException {
    Files.delete(jar);
    assertThat(folders()).isEmpty();
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void saysHowMuchSpaceIsMissing() {
    assertThatThrownBy(() -> RedistJar.requireSpace(3_100_000_000L, 500_000_000L, "a.jar into /b"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "unpacking a.jar into /b takes 3.1 GB, where 0.5 GB are free; dendra.cuda.cache can"
                + " name another folder");
  }
}
