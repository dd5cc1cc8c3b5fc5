package io.dendra.backend.cuda.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs {@link LoadMain}; a process loads once and for all, so each try has its own.
 */
record Fork(Process process, Path out, Path err) {
  /** What it printed. */
  record Result(int code, String out, String err) {}

  static Fork start(Path folder, String... options) throws IOException {
    return start(System.getProperty("java.class.path"), folder, options);
  }

  private static Fork start(String classPath, Path folder, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-Ddendra.cuda.cache=" + folder.resolve("cache"));
    command.addAll(List.of(options));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath, LoadMain.class.getName()));
    Path out = Files.createTempFile(folder, "run", ".out");
    Path err = Files.createTempFile(folder, "run", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("DENDRA_CUDA_LIBRARIES");
    return new Fork(builder.start(), out, err);
  }

  static Result run(Path folder, String... options) throws Exception {
    return start(folder, options).result();
  }

  static Result runWith(Path jar, Path folder, String... options) throws Exception {
    String classPath = System.getProperty("java.class.path") + File.pathSeparator + jar;
    return start(classPath, folder, options).result();
  }

  Result result() throws IOException, InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the process hangs; it printed " + Files.readString(out));
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
