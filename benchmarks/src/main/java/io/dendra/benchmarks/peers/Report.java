package io.dendra.benchmarks.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command {@code report}: measurements as tables in Markdown, with what separates Dendra from
 * the fastest of the others and from the floor.
 */
final class Report {
  private static final String OWN = "dendra";
  private static final String NOTHING = "–";

  private final List<Measurement> measurements;
  private final MachineSpeed machine;
  private final List<String> peers;

  Report(List<Measurement> measurements, MachineSpeed machine) {
    this.measurements = measurements;
    this.machine = machine;
    this.peers = measurements.stream().map(Measurement::peer).distinct().toList();
  }

  /**
   * Reads and prints.
   *
   * @param args the file of measurements, and that of the machine's speed
   * @throws IllegalArgumentException when they cannot be understood
   */
  static void run(List<String> args, PrintStream out) throws IOException {
    if (args.size() != 2) {
      throw new IllegalArgumentException(
          "report takes a file of lines that peer printed, and one of lines that machine printed");
    }
    List<Measurement> measurements =
        Files.readAllLines(Path.of(args.get(0))).stream()
            .filter(line -> !line.isBlank() && !line.equals(Measurement.HEADER))
            .map(Measurement::parse)
            .toList();
    new Report(measurements, MachineSpeed.read(Path.of(args.get(1)))).print(out);
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s, %d processors, Java %s; %.0f GFLOP/s in products of float32 matrices, %.1f GB/s in copies.%n%n",
        ProcessFacts.processor(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        machine.flopsPerSecond() / 1e9,
        machine.bytesPerSecond() / 1e9);
    for (String peer : peers) {
      out.printf("- %s: %s%n", peer, of(peer).findFirst().orElseThrow().version());
    }
    out.printf("%n## Milliseconds per step%n%n");
    printMillis(out);
    out.printf("%n## Peak resident memory of the process, MiB%n%n");
    printEach(out, Measurement::peakMebibytes, "%.0f");
    out.printf("%n## Seconds from the start of the process to the end of its first step%n%n");
    printEach(out, Measurement::startupSeconds, "%.2f");
    out.printf("%n## Loss of the first step and of the thirtieth%n%n");
    print(
        out,
        "",
        workload ->
            cells(
                peer ->
                    figure(workload, peer, Measurement::firstLoss, "%.3g")
                        + " → "
                        + figure(workload, peer, Measurement::laterLoss, "%.3g")));
  }

  /** Ratios are of medians; the floor is that of this machine. */
  private void printMillis(PrintStream out) {
    print(
        out,
        " fastest other | dendra / it | floor | floor / dendra | 3 forward passes | to reach |",
        workload -> cells(peer -> millis(workload, peer)) + comparison(workload));
  }

  private void printEach(PrintStream out, ToDoubleFunction<Measurement> figure, String format) {
    print(out, "", workload -> cells(peer -> figure(workload, peer, figure, format)));
  }

  private void print(PrintStream out, String heads, Function<Workload, String> row) {
    out.printf("| | %s |%s%n", String.join(" | ", peers), heads);
    long columns = peers.size() + heads.chars().filter(c -> c == '|').count();
    out.printf("|---|%s%n", "---:|".repeat((int) columns));
    for (Workload workload : Workload.values()) {
      if (measurements.stream().anyMatch(m -> m.workload().equals(workload.label()))) {
        out.printf("| %s | %s%n", workload.label(), row.apply(workload));
      }
    }
  }

  private String cells(Function<String, String> cell) {
    return peers.stream().map(cell).collect(Collectors.joining(" | ", "", " |"));
  }

  private String millis(Workload workload, String peer) {
    double[] each =
        of(workload, peer).stream().mapToDouble(Measurement::medianMillis).sorted().toArray();
    if (each.length == 0) {
      return NOTHING;
    }
    String median = digits(Median.ofSorted(each));
    return each.length == 1
        ? median
        : median + " (" + digits(each[0]) + "–" + digits(each[each.length - 1]) + ")";
  }

  private String comparison(Workload workload) {
    double own = median(workload, OWN);
    Optional<String> fastest =
        peers.stream()
            .filter(peer -> !peer.startsWith(OWN) && !of(workload, peer).isEmpty())
            .min(Comparator.comparingDouble(peer -> median(workload, peer)));
    Floor floor = Floor.of(workload);
    double floorMillis = floor.millis(machine);
    String share = number(100 * floorMillis / own, "%.0f %%");
    return String.format(
        Locale.ROOT,
        " %s | %s | %s | %s | %s | %s |",
        fastest.orElse(NOTHING),
        fastest.map(peer -> number(own / median(workload, peer), "%.2f")).orElse(NOTHING),
        digits(floorMillis),
        share,
        digits(floor.usualMillis(machine)),
        workload.millisToReach());
  }

  private String figure(
      Workload workload, String peer, ToDoubleFunction<Measurement> figure, String format) {
    return number(Median.of(of(workload, peer).stream().mapToDouble(figure)), format);
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, format, value);
  }

  private double median(Workload workload, String peer) {
    return Median.of(of(workload, peer).stream().mapToDouble(Measurement::medianMillis));
  }

  private List<Measurement> of(Workload workload, String peer) {
    return of(peer).filter(m -> m.workload().equals(workload.label())).toList();
  }

  private Stream<Measurement> of(String peer) {
    return measurements.stream().filter(m -> m.peer().equals(peer));
  }

  /** Three significant digits, and all those before the point. */
  private static String digits(double value) {
    if (!(value > 0)) {
      return NOTHING;
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(value)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
