package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadingTest {
  private static final int PROCESSES = 16;

  @TempDir private static Path made;
  @TempDir private Path folder;

  @BeforeAll
  static void makeLibraries() throws IOException {
    assumeTrue(FakeCuda.canBeMade(), "needs a C compiler (cc) to make fake CUDA libraries");
    new FakeCuda(made).withStack(12, 8).withStack(13, 9);
  }

  private static String setting(Path libraries) {
    return "-Ddendra.cuda.libraries=" + libraries;
  }

  /** A folder with some of the libraries. */
  private Path stack(int cuda, int cudnn) throws IOException {
    Path stack = Files.createDirectory(folder.resolve("stack"));
    for (String name :
        List.of(
            "libcuda.so.1",
            "libcublas.so." + cuda,
            "libnvrtc.so." + cuda,
            "libcudnn.so." + cudnn)) {
      Files.copy(made.resolve(name), stack.resolve(name));
    }
    return stack;
  }

  private static void assertLoaded(Fork.Result result) {
    assertThat(result.out())
        .as(result.toString())
        .contains("loaded true", "cuInit 0", "nvrtcVersion 0", "cublasCreate 0")
        .contains("cudnnGetVersion 4711", "has cudnnCreate true", "tmpdir kept true")
        .endsWith("end\n");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  private static void assertReason(Fork.Result result, String pattern) {
    assertThat(result.out())
        .as(result.toString())
        .contains("loaded false", "lines 1\n")
        .containsPattern("reason " + pattern + "\n")
        .endsWith("end\n");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"12, 8", "12, 9", "13, 9"})
  void loadsEveryVersionThatIsSupported(int cuda, int cudnn) throws Exception {
    Path stack = stack(cuda, cudnn);
    Fork.Result result = Fork.run(folder, setting(stack));
    assertLoaded(result);
    assertThat(result.out())
        .contains("library libcudnn " + cudnn + ", " + stack.resolve("libcudnn.so." + cudnn))
        .contains("(dendra.cuda.libraries)");
  }

  /** Where a machine has the driver alone, and the libraries come as a dependency. */
  @Test
  void loadsFromTheJarOnTheClassPath() throws Exception {
    Path jar = folder.resolve("cuda-redist.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String name : List.of("libcublas.so.12", "libnvrtc.so.12", "libcudnn.so.8")) {
        entries.putNextEntry(new JarEntry(RedistJars.FOLDER + name));
        Files.copy(made.resolve(name), entries);
        entries.closeEntry();
      }
    }
    Path driver = Files.createDirectory(folder.resolve("driver"));
    Files.copy(made.resolve("libcuda.so.1"), driver.resolve("libcuda.so.1"));
    Fork.Result result = Fork.runWith(jar, folder, setting(driver));
    assertLoaded(result);
    assertThat(result.out())
        .contains(
            folder.resolve("cache/redist-cuda-redist") + "/libcublas.so.12 (org.bytedeco:cuda)");
  }

  @Test
  void manyProcessesStartAtOnceWithAnEmptyCache() throws Exception {
    Path stack = stack(13, 9);
    long start = System.currentTimeMillis() + 3000;
    List<Fork> forks = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      forks.add(Fork.start(folder, setting(stack), "-Dtest.start=" + start));
    }
    for (Fork fork : forks) {
      assertLoaded(fork.result());
    }
    List<Path> cached = Machine.entries(folder.resolve("cache/jcuda-12.6.0-cuda13-cudnn9"), "*");
    assertThat(cached).hasSize(4).allMatch(file -> file.toString().endsWith(".so"));
  }

  @Test
  void aDamagedCacheIsReplaced() throws Exception {
    Path stack = stack(12, 8);
    assertLoaded(Fork.run(folder, setting(stack)));
    Path cache = folder.resolve("cache/jcuda-12.6.0-cuda12-cudnn8");
    Path driver = cache.resolve("libJCudaDriver-12.6.0-linux-x86_64.so");
    byte[] good = Files.readAllBytes(driver);
    try (RandomAccessFile file = new RandomAccessFile(driver.toFile(), "rw")) {
      file.setLength(5000);
    }
    Path cudnn = cache.resolve("libJCudnn-12.6.0-linux-x86_64.so");
    try (RandomAccessFile file = new RandomAccessFile(cudnn.toFile(), "rw")) {
      file.seek(0x12000);
      file.write(new byte[64]);
    }
    Files.writeString(cache.resolve("libJNvrtc-12.6.0-linux-x86_64.so"), "");
    assertLoaded(Fork.run(folder, setting(stack)));
    assertThat(driver).hasBinaryContent(good);
  }

  @Test
  void withoutADriver() throws Exception {
    Path stack = stack(12, 8);
    Files.delete(stack.resolve("libcuda.so.1"));
    assumeTrue(!Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/libcuda.so.1")), "has a driver");
    assertReason(Fork.run(folder, setting(stack)), "no NVIDIA driver: libcuda.so.1 is neither .*");
  }

  @Test
  void aLibraryThatIsCutShortIsNotLoaded() throws Exception {
    Path stack = stack(12, 8);
    try (RandomAccessFile file =
        new RandomAccessFile(stack.resolve("libcublas.so.12").toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertReason(
        Fork.run(folder, setting(stack)),
        "libcublas.so.12 in .*/stack cannot be used: it is cut short: .*");
  }

  @Test
  void aLibraryThatLacksAFunctionIsNotLoaded() throws Exception {
    Path stack = stack(12, 8);
    new FakeCuda(stack)
        .with("libcublas.so.12", JniFiles.CUBLAS, "cublas", Set.of("cublasGemmStridedBatchedEx"));
    assertReason(
        Fork.run(folder, setting(stack)),
        "libcublas.so.12 in .*/stack lacks cublasGemmStridedBatchedEx and cannot be used");
  }

  @Test
  void functionsThatAreAbsentAreKnown() throws Exception {
    Path stack = stack(12, 9);
    assertThat(Fork.run(folder, setting(stack)).out()).contains("has cudnnRNNForward true");
    new FakeCuda(stack).with("libcudnn.so.9", JniFiles.CUDNN, "cudnn", Set.of("cudnnRNNForward"));
    Fork.Result result = Fork.run(folder, setting(stack));
    assertLoaded(result);
    assertThat(result.out()).contains("has cudnnRNNForward false");
  }

  /** A library of a name that fits and a content that does not. */
  @Test
  void theLinkersWordsAreHandedOn() throws Exception {
    Path stack = stack(12, 8);
    Files.copy(
        made.resolve("libcudnn.so.9"),
        stack.resolve("libcudnn.so.8"),
        StandardCopyOption.REPLACE_EXISTING);
    assertReason(Fork.run(folder, setting(stack)), "JCuda does not start: .*libcudnn.so.8.*");
  }

  @Test
  void aFolderThatDoesNotExist() throws Exception {
    assertReason(
        Fork.run(folder, setting(folder.resolve("nothing"))),
        "the folder .*/nothing of dendra.cuda.libraries does not exist");
  }

  @Test
  void aCacheThatCannotBeMade() throws Exception {
    Path stack = stack(12, 8);
    Files.writeString(folder.resolve("cache"), "a file where the folder should be");
    assertReason(
        Fork.run(folder, setting(stack)),
        "JCuda's native libraries cannot be unpacked: .*/cache.*");
  }
}
