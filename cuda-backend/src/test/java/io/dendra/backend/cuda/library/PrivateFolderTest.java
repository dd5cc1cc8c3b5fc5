package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
  private static final byte[] CONTENT = "machine code".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    Path path = folder.resolve("a/b");
    PrivateFolder.at(path).keep("x.so", CONTENT);
    assertThat(permissions(path)).isEqualTo("rwx------");
    assertThat(permissions(path.resolve("x.so"))).isEqualTo("rw-------");
  }

  @Test
  void closesAFolderThatWasOpenToOthers() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    PrivateFolder.at(folder);
    assertThat(permissions(folder)).isEqualTo("rwx------");
  }

  @Test
  void refusesTheFolderOfAnother() throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        .as("run by root")
        .isEqualTo(0);
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.setAttribute(other, "unix:uid", 12345);
    assertThatThrownBy(() -> PrivateFolder.at(other))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("belongs to another user");
  }

  @Test
  void replacesFilesThatDiffer() throws IOException {
    PrivateFolder here = PrivateFolder.at(folder);
    for (String damage : List.of("", "machine", "MACHINE CODE", "machine code and more")) {
      Files.writeString(folder.resolve("x.so"), damage);
      assertThat(here.keep("x.so", CONTENT)).hasBinaryContent(CONTENT);
    }
    assertThat(Machine.entries(folder, "*")).containsExactly(folder.resolve("x.so"));
  }

  @Test
  void replacesALinkAndLeavesWhatItPointsTo() throws IOException {
    Path elsewhere = Files.write(folder.resolve("elsewhere"), CONTENT);
    Files.createSymbolicLink(folder.resolve("x.so"), elsewhere);
    Path kept = PrivateFolder.at(folder).keep("x.so", CONTENT);
    assertThat(Files.isSymbolicLink(kept)).isFalse();
    assertThat(elsewhere).hasBinaryContent(CONTENT);
  }

  @Test
  void manyAtOnceSeeWholeFiles() throws Exception {
    byte[] large = new byte[3 << 20];
    java.util.Arrays.fill(large, (byte) 7);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(
            pool.submit(
                () -> {
                  Path kept = PrivateFolder.at(folder.resolve("new")).keep("x.so", large);
                  return java.util.Arrays.equals(Files.readAllBytes(kept), large);
                }));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(Machine.entries(folder.resolve("new"), "*")).hasSize(1);
  }
}
