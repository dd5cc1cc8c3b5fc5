package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudnnPartsTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsACompiler() {
    assumeTrue(FakeCuda.canBeMade(), "needs a C compiler (cc) to make fake libraries");
  }

  /** A library that asks for others of the folder. */
  private Path make(String name, List<String> options) throws IOException {
    Path c = Files.writeString(folder.resolve("part.c"), "int part_(void) { return 0; }\n");
    FakeCuda.compile(folder.resolve(name), c, options);
    Files.delete(c);
    return folder.resolve(name);
  }

  private LibraryFile cudnn() {
    return LibraryFile.of(folder.resolve("libcudnn.so.9"), new LibraryFolder(folder, "test"));
  }

  @Test
  void comeAfterThoseThatTheyAskFor() throws Exception {
    Path ops = make("libcudnn_ops.so.9", List.of());
    Path cnn = make("libcudnn_cnn.so.9", List.of("-Wl,--no-as-needed", ops.toString()));
    Path adv = make("libcudnn_adv.so.9", List.of("-Wl,--no-as-needed", cnn.toString()));
    make("libcudnn_ops.so.8", List.of());
    make("libcudnn.so.9", List.of());
    assertThat(CudnnParts.toLoad(cudnn())).containsExactly(ops, cnn, adv);
  }

  @Test
  void areLeftToALibraryThatFindsThem() throws Exception {
    make("libcudnn_ops.so.9", List.of());
    make("libcudnn.so.9", List.of("-Wl,-rpath,$ORIGIN"));
    assertThat(CudnnParts.toLoad(cudnn())).isEmpty();
  }

  @Test
  void mayNotBeDamaged() throws Exception {
    make("libcudnn.so.9", List.of("-Wl,-rpath,$ORIGIN"));
    Files.writeString(folder.resolve("libcudnn_ops.so.9"), "half a download");
    assertThatThrownBy(() -> CudnnParts.toLoad(cudnn()))
        .isInstanceOf(LibraryException.class)
        .hasMessageMatching(".*/libcudnn_ops.so.9 cannot be used: .+");
  }
}
