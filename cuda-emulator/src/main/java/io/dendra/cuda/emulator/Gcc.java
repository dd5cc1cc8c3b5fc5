package io.dendra.cuda.emulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs g++ and the build script. */
final class Gcc {

  private Gcc() {}

  /** Version and target of g++: a precompiled header fits no other. */
  static String version() throws IOException {
    return run(List.of("g++", "-dumpfullversion", "-dumpmachine")).strip();
  }

  static void build(Path sources, Path out, Emulator.Version version) throws IOException {
    Path script = sources.resolve("build.sh");
    if (!Files.isRegularFile(script)) {
      throw new IOException("the emulator's sources are missing from the class path");
    }
    run(
        List.of(
            "sh",
            script.toString(),
            out.toString(),
            Integer.toString(version.cuda()),
            Integer.toString(version.cudnn())));
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(command.get(0) + " ended with " + code + ":\n" + output);
      }
      return output;
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + " was interrupted", e);
    }
  }
}
