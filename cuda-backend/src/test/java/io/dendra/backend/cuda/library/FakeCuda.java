package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Libraries with the names, versions and functions of CUDA's that do nothing but return 0; made
 * with a C compiler, in a second. They are enough for loading; the emulator is for computing.
 */
final class FakeCuda {
  private final Path folder;

  FakeCuda(Path folder) {
    this.folder = folder;
  }

  /** Whether there is a compiler; a test that needs one says so and is skipped without. */
  static boolean canBeMade() {
    try {
      return run(List.of("cc", "--version")) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  Path folder() {
    return folder;
  }

  /** All four, of these versions. */
  FakeCuda withStack(int cuda, int cudnn) throws IOException {
    return withDriver()
        .with("libcublas.so." + cuda, JniFiles.CUBLAS, "cublas", Set.of())
        .with("libnvrtc.so." + cuda, JniFiles.NVRTC, "nvrtc", Set.of())
        .with("libcudnn.so." + cudnn, JniFiles.CUDNN, "cudnn", Set.of());
  }

  FakeCuda withDriver() throws IOException {
    return with("libcuda.so.1", JniFiles.DRIVER, "cu", Set.of());
  }

  /** One library with the functions that JCuda's wants of it, but for some. */
  FakeCuda with(String name, String wantedBy, String prefix, Set<String> without)
      throws IOException {
    Set<String> functions = new TreeSet<>();
    for (String function : ElfFile.of(JniFiles.read(wantedBy)).imports()) {
      if (function.startsWith(prefix) && !without.contains(function)) {
        functions.add(function);
      }
    }
    StringBuilder source = new StringBuilder();
    for (String function : functions) {
      String result = function.equals("cudnnGetVersion") ? "4711" : "0";
      source.append("long ").append(function).append("(void) { return ").append(result);
      source.append("; }\n");
    }
    Files.createDirectories(folder);
    Path c = folder.resolve(name + ".c");
    Path map = folder.resolve(name + ".map");
    Files.writeString(c, source, StandardCharsets.US_ASCII);
    // The driver's functions have no version.
    Files.writeString(map, (prefix.equals("cu") ? "" : name + " ") + "{ global: *; };\n");
    compile(folder.resolve(name), c, List.of("-Wl,--version-script=" + map));
    Files.delete(c);
    Files.delete(map);
    return this;
  }

  /** A shared library of one source file, known by its file's name. */
  static void compile(Path library, Path source, List<String> options) throws IOException {
    String name = library.getFileName().toString();
    List<String> command =
        new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-Wl,-soname," + name));
    command.addAll(List.of("-o", library.toString(), source.toString()));
    command.addAll(options);
    if (run(command) != 0) {
      throw new IOException("the compiler does not make " + name);
    }
  }

  private static int run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    }
  }
}
