package io.dendra.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The primitives that oneDNN runs in a step, by its own account: what a call of the backend does
 * inside, such as reorders. It comes from a process of its own, since it is printed.
 */
final class OneDnnTrace {
  private static final String LINE = "onednn_verbose";
  private static final int STEPS = 20;

  /**
   * A primitive.
   *
   * @param kind such as {@code reorder}
   * @param detail its implementation and its operands
   * @param perStep how many of it a step runs
   * @param millis of all of them in a step
   */
  record Primitive(String kind, String detail, long perStep, double millis) {}

  private OneDnnTrace() {}

  /** What the process runs; its arguments are those of {@code profile}. */
  public static void main(String[] args) {
    PeerOptions options = PeerOptions.parse(List.of(args));
    options.configure();
    int[] steps = {0};
    PeerProcess.time(options, loss -> ++steps[0] < STEPS);
  }

  /** Runs the process and reads what it prints. */
  static List<Primitive> of(List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx4g", "-cp", System.getProperty("java.class.path")));
    command.add(OneDnnTrace.class.getName());
    command.addAll(args);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("ONEDNN_VERBOSE", "profile_exec");
    Process process = builder.start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } finally {
      process.destroy();
    }
    return parse(lines, STEPS);
  }

  /**
   * Adds up lines like {@code onednn_verbose,v1,primitive,exec,cpu,reorder,jit:uni,…,0.0123}.
   *
   * @return what runs in every step, the costliest first
   */
  static List<Primitive> parse(List<String> lines, int steps) {
    Map<List<String>, List<Double>> millis = new LinkedHashMap<>();
    for (String line : lines) {
      int exec = line.indexOf(",exec,cpu,");
      int last = line.lastIndexOf(',');
      if (line.startsWith(LINE) && exec >= 0) {
        String[] fields = line.substring(exec + 10, last).split(",", 2);
        millis
            .computeIfAbsent(List.of(fields), same -> new ArrayList<>())
            .add(Double.valueOf(line.substring(last + 1)));
      }
    }
    List<Primitive> all = new ArrayList<>();
    millis.forEach(
        (fields, each) -> {
          long perStep = Math.round((double) each.size() / steps);
          if (perStep > 0) {
            // The median, as the first ones compile and meet cold caches.
            double median = Median.of(each.stream().mapToDouble(Double::doubleValue));
            all.add(new Primitive(fields.get(0), fields.get(1), perStep, perStep * median));
          }
        });
    all.sort(Comparator.comparingDouble(Primitive::millis).reversed());
    return all;
  }
}
