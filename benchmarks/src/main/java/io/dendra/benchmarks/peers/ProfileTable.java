package io.dendra.benchmarks.peers;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a profile found, in Markdown. */
final class ProfileTable {
  private static final int MOST = 15;

  private final PeerOptions options;
  private final CallProfile profile;
  private final List<OneDnnTrace.Primitive> primitives;
  private final double stepMillis;

  /**
   * A table.
   *
   * @param stepMillis of a step when nobody looked
   */
  ProfileTable(
      PeerOptions options,
      double stepMillis,
      CallProfile profile,
      List<OneDnnTrace.Primitive> primitives) {
    this.options = options;
    this.stepMillis = stepMillis;
    this.profile = profile;
    this.primitives = primitives;
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "## %s, %s: %.4g ms per step%n%n",
        options.workload().label(),
        options.peer(),
        stepMillis);
    printParts(out);
    printCalls(out);
    if (!primitives.isEmpty()) {
      printPrimitives(out);
    }
  }

  private void printParts(PrintStream out) {
    out.printf("| part | ms | share | calls |%n|---|---:|---:|---:|%n");
    for (Part part : Part.values()) {
      if (profile.calls(part) > 0) {
        row(out, part.label(), profile.millis(part), profile.calls(part));
      }
    }
    double host = profile.hostMillis();
    double inOps = profile.opMillis();
    row(out, "host: ops around their kernels", inOps, Double.NaN);
    row(out, "host: everything else", host - inOps, Double.NaN);
    out.printf(
        Locale.ROOT,
        "%nA step whose parts were timed took %.4g ms; on the host %.2f µs for each of %.0f calls.%n%n",
        profile.stepMillis(),
        1e3 * host / profile.calls(),
        profile.calls());
  }

  private void row(PrintStream out, String name, double millis, double calls) {
    out.printf(
        Locale.ROOT,
        "| %s | %.4f | %.1f %% | %s |%n",
        name,
        millis,
        100 * millis / profile.stepMillis(),
        Double.isNaN(calls) ? "" : String.format(Locale.ROOT, "%.0f", calls));
  }

  private void printCalls(PrintStream out) {
    out.printf("| costliest calls | operands | ms | calls |%n|---|---|---:|---:|%n");
    for (CallProfile.Cost cost : profile.costliest(MOST)) {
      out.printf(
          Locale.ROOT,
          "| %s | %s | %.4f | %.1f |%n",
          cost.call().name(),
          cost.call().operands(),
          cost.millis(),
          cost.perStep());
    }
    out.println();
  }

  private void printPrimitives(PrintStream out) {
    Map<String, Double> kinds = new LinkedHashMap<>();
    primitives.forEach(p -> kinds.merge(p.kind(), p.millis(), Double::sum));
    double all = kinds.values().stream().mapToDouble(Double::doubleValue).sum();
    out.printf("| primitives of oneDNN, all threads | ms | share |%n|---|---:|---:|%n");
    kinds.forEach(
        (kind, millis) ->
            out.printf(Locale.ROOT, "| %s | %.4f | %.1f %% |%n", kind, millis, 100 * millis / all));
    out.printf("%n| costliest primitives | how | ms | per step |%n|---|---|---:|---:|%n");
    for (OneDnnTrace.Primitive primitive :
        primitives.subList(0, Math.min(MOST, primitives.size()))) {
      out.printf(
          Locale.ROOT,
          "| %s | %s | %.4f | %d |%n",
          primitive.kind(),
          primitive.detail().replace("|", "\\|"),
          primitive.millis(),
          primitive.perStep());
    }
    out.println();
  }
}
