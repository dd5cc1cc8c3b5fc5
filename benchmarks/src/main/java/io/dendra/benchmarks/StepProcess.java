package io.dendra.benchmarks;

import io.dendra.backend.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process of its own for one network on one engine, since a process has one engine. */
final class StepProcess {
  /** Goes before the result, should anything else print. */
  private static final String RESULT = "step-timing:";

  private StepProcess() {}

  /** What the process runs: network, engine and seconds are its arguments. */
  public static void main(String[] args) {
    CpuBenchmark.startEngine(args[1]);
    StepTiming timing =
        StepTiming.measure(
            Network.named(args[0]),
            Backends.provider("cpu").details(),
            Double.parseDouble(args[2]));
    System.out.println(RESULT + timing.format());
  }

  /** The class path of this build. */
  static String thisBuild() {
    return System.getProperty("java.class.path");
  }

  /**
   * Starts the process and waits for its result.
   *
   * @param classPath the build to measure
   */
  static StepTiming run(String classPath, Network network, String engine, double seconds)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.forNatives());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("-Ddendra.") || flag.startsWith("-X")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", classPath));
    command.addAll(List.of(StepProcess.class.getName(), network.name(), engine));
    command.add(Double.toString(seconds));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String result = null;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(RESULT)) {
          result = line.substring(RESULT.length());
        }
      }
    } finally {
      process.destroy();
    }
    if (result == null) {
      throw new IOException(
          "the process for "
              + network.label()
              + " on "
              + engine
              + " ended without a result; what it said is above");
    }
    return StepTiming.parse(result);
  }
}
