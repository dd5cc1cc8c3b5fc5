package io.dendra.benchmarks.peers;

import io.dendra.backend.Backends;
import io.dendra.config.Config;
import java.util.Iterator;
import java.util.List;

/**
 * What a process is to measure or to profile.
 *
 * @param workload which one
 * @param mode how it is trained
 * @param engine of the CPU backend
 * @param capture whether steps are recorded and replayed: {@code auto}, {@code on} or {@code off}
 * @param seconds of warm-up, and of timing
 * @param name in the results, null for one made of mode, engine and capture
 */
record PeerOptions(
    Workload workload, Mode mode, String engine, String capture, double seconds, String name) {
  static final String USAGE =
      "WORKLOAD [--mode batch|fit] [--engine onednn|nd4j] [--capture auto|on|off] [--seconds S]"
          + " [--name NAME]";
  static final String THREADS = "2";
  private static final String ENGINE = "onednn";
  private static final String CAPTURE = "auto";
  private static final double SECONDS = 5;

  /** How a network is trained. */
  enum Mode {
    /** By {@code trainOnBatch}. */
    BATCH,
    /** By {@code fit}. */
    FIT
  }

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException when they cannot be understood
   */
  static PeerOptions parse(List<String> args) {
    if (args.isEmpty()) {
      throw new IllegalArgumentException("a workload is needed: " + USAGE);
    }
    Workload workload = Workload.named(args.get(0));
    Mode mode = Mode.BATCH;
    String engine = ENGINE;
    String capture = CAPTURE;
    double seconds = SECONDS;
    String name = null;
    Iterator<String> rest = args.subList(1, args.size()).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(option + " needs a value: " + USAGE);
      }
      String value = rest.next();
      switch (option) {
        case "--mode" ->
            mode = oneOf(option, value, "batch", "fit").equals("fit") ? Mode.FIT : Mode.BATCH;
        case "--engine" -> engine = oneOf(option, value, "onednn", "nd4j");
        case "--capture" -> capture = oneOf(option, value, "auto", "on", "off");
        case "--seconds" -> seconds = number(option, value);
        case "--name" -> name = value;
        default -> throw new IllegalArgumentException("no option '" + option + "': " + USAGE);
      }
    }
    if (mode == Mode.FIT && !workload.trains()) {
      throw new IllegalArgumentException(workload.label() + " trains nothing, so has no mode fit");
    }
    return new PeerOptions(workload, mode, engine, capture, seconds, name);
  }

  private static String oneOf(String option, String value, String... all) {
    if (!List.of(all).contains(value)) {
      throw new IllegalArgumentException(
          option + " can be " + String.join(", ", all) + ", given '" + value + "'");
    }
    return value;
  }

  private static double number(String option, String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " needs a number, given '" + value + "'", e);
    }
  }

  /** The name in the results: {@code dendra}, and what differs from the usual. */
  String peer() {
    if (name != null) {
      return name;
    }
    return "dendra"
        + (mode == Mode.FIT ? "-fit" : "")
        + (engine.equals(ENGINE) ? "" : "-" + engine)
        + (capture.equals(CAPTURE) ? "" : "-capture-" + capture);
  }

  /** Sets the flags of the library, before it starts a backend. */
  void configure() {
    Config.set(Backends.FLAG, "cpu");
    Config.set("dendra.cpu.engine", engine);
    Config.set("dendra.cpu.threads", THREADS);
    Config.set("dendra.capture", capture);
  }
}
