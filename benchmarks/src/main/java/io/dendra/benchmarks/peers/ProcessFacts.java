package io.dendra.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the system knows of this process; Linux knows more than others. */
final class ProcessFacts {
  private static final double TICKS_PER_SECOND = 100;
  private static final int START_AFTER_STATE = 19;

  private ProcessFacts() {}

  /** Seconds since the process was started; where Linux does not tell, since its JVM was. */
  static double ageSeconds() {
    try {
      String uptime = read("/proc/uptime");
      String self = read("/proc/self/stat");
      // The command's name, in parentheses, may hold spaces; the state follows it.
      String[] fromState = self.substring(self.lastIndexOf(')') + 2).split(" ", -1);
      double started = Long.parseLong(fromState[START_AFTER_STATE]) / TICKS_PER_SECOND;
      return Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) - started;
    } catch (IOException | RuntimeException e) {
      return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    }
  }

  /** The most memory that was resident at once, in MiB; not a number where nobody tells. */
  static double peakResidentMebibytes() {
    try {
      String status = read("/proc/self/status");
      int peak = status.indexOf("VmHWM:");
      String kibibytes = status.substring(peak + 6, status.indexOf("kB", peak)).strip();
      return Long.parseLong(kibibytes) / 1024.0;
    } catch (IOException | RuntimeException e) {
      return Double.NaN;
    }
  }

  /** The processor's model where Linux tells, else its kind. */
  static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(Path.of(file), StandardCharsets.UTF_8);
  }
}
