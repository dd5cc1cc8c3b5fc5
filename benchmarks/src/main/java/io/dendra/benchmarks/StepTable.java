package io.dendra.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The {@code steps} command: milliseconds per training step of whole networks on both engines. */
final class StepTable {
  private static final List<String> ENGINES = List.of("onednn", "nd4j");
  private static final String ROW = "%-10s %6s  %-15s %10s %10s %7s  %-18s %s%n";

  private static final String USAGE =
      "steps [--seconds S] [--before JAR] [mlp|lenet|lstm|attention ...]";

  private final PrintStream out;
  private double seconds = 5;
  private Path before;
  private final List<Network> networks = new ArrayList<>();
  private final Set<String> versions = new LinkedHashSet<>();

  /**
   * Reads the arguments.
   *
   * @param args names of networks, else mlp and lenet are taken; {@code --seconds} of warm-up and
   *     of timing; {@code --before}, the jar of another build to measure alongside
   * @throws IllegalArgumentException when they cannot be understood
   */
  StepTable(List<String> args, PrintStream out) {
    this.out = out;
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String arg = rest.next();
      switch (arg) {
        case "--seconds" -> seconds = seconds(value(arg, rest));
        case "--before" -> before = jar(value(arg, rest));
        default -> networks.add(network(arg));
      }
    }
    if (networks.isEmpty()) {
      networks.addAll(List.of(Network.MLP, Network.LENET));
    }
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value: " + USAGE);
    }
    return rest.next();
  }

  private static double seconds(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--seconds needs a number, given '" + text + "'", e);
    }
  }

  private static Path jar(String text) {
    Path jar = Path.of(text);
    if (!Files.isRegularFile(jar)) {
      throw new IllegalArgumentException(
          "--before needs the dendra-benchmarks.jar of another build, there is no file " + jar);
    }
    return jar;
  }

  private static Network network(String name) {
    if (name.startsWith("-")) {
      throw new IllegalArgumentException("no option '" + name + "': " + USAGE);
    }
    return Network.named(name);
  }

  /** Measures and prints, a row at a time. */
  void print() throws IOException {
    out.println(machine());
    out.printf(Locale.ROOT, ROW, heads());
    for (Network network : networks) {
      for (String engine : ENGINES) {
        // One right after the other, so that both meet the same neighbours on the machine.
        if (before != null) {
          print("before", StepProcess.run(before.toString(), network, engine, seconds));
        }
        print(
            before == null ? "" : "after",
            StepProcess.run(StepProcess.thisBuild(), network, engine, seconds));
      }
    }
    versions.forEach(out::println);
  }

  private static Object[] heads() {
    return new Object[] {
      "network", "batch", "engine", "median ms", "least ms", "steps", "loss 1 -> 30", "others' CPU"
    };
  }

  private void print(String build, StepTiming timing) throws IOException {
    versions.add(timing.engine() + ": " + timing.versions() + ", " + timing.threads() + " threads");
    double share = timing.othersShare();
    out.printf(
        Locale.ROOT,
        ROW,
        timing.network().label(),
        timing.network().batchSize(),
        (timing.engine() + " " + build).strip(),
        String.format(Locale.ROOT, "%.3f", timing.medianMillis()),
        String.format(Locale.ROOT, "%.3f", timing.fastestMillis()),
        timing.steps(),
        String.format(Locale.ROOT, "%.3g -> %.3g", timing.firstLoss(), timing.laterLoss()),
        Double.isNaN(share) ? "unknown" : Math.round(100 * share) + " %");
    if (!timing.trains()) {
      throw new IOException(
          timing.network().label()
              + " does not train on "
              + timing.engine()
              + ": its loss went from "
              + timing.firstLoss()
              + " to "
              + timing.laterLoss());
    }
  }

  private static String machine() {
    return processor()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, "
        + System.getProperty("os.name")
        + ", Java "
        + Runtime.version();
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      // Not Linux: the architecture has to do.
      return System.getProperty("os.arch");
    }
  }
}
