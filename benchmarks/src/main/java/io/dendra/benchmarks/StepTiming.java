package io.dendra.benchmarks;

import java.util.Arrays;
import java.util.Map;

/**
 * What a process found of the training steps of one network on one engine.
 *
 * @param network which one
 * @param engine the engine that computed
 * @param versions of the libraries that computed
 * @param threads that an op may use
 * @param steps how many were timed
 * @param medianMillis the median of their times
 * @param fastestMillis the least of their times
 * @param firstLoss of the first step of all
 * @param laterLoss of the thirtieth
 * @param othersShare of the machine that other processes had meanwhile, not a number if unknown
 */
record StepTiming(
    Network network,
    String engine,
    String versions,
    String threads,
    int steps,
    double medianMillis,
    double fastestMillis,
    double firstLoss,
    double laterLoss,
    double othersShare) {
  static final int LATER = 30;
  static final int LEAST_STEPS = 20;

  /**
   * Runs {@link #LATER} steps and at least the given time, then times single steps for at least
   * that time and {@link #LEAST_STEPS}.
   */
  static StepTiming measure(Network network, Map<String, String> cpu, double seconds) {
    TrainingStep step = new TrainingStep(network);
    long start = System.nanoTime();
    double firstLoss = step.run();
    double laterLoss = firstLoss;
    for (int i = 1; i < LATER; i++) {
      laterLoss = step.run();
    }
    while (secondsSince(start) < seconds) {
      step.run();
    }
    ProcessorTime from = ProcessorTime.now();
    double[] millis = new double[LEAST_STEPS];
    int count = 0;
    start = System.nanoTime();
    while (count < LEAST_STEPS || secondsSince(start) < seconds) {
      if (count == millis.length) {
        millis = Arrays.copyOf(millis, 2 * count);
      }
      long before = System.nanoTime();
      step.run();
      millis[count++] = (System.nanoTime() - before) / 1e6;
    }
    double othersShare = ProcessorTime.sharedWithOthers(from, ProcessorTime.now());
    double[] sorted = Arrays.copyOf(millis, count);
    Arrays.sort(sorted);
    return new StepTiming(
        network,
        cpu.get("engine"),
        cpu.get("versions"),
        cpu.get("threads"),
        count,
        (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
        sorted[0],
        firstLoss,
        laterLoss,
        othersShare);
  }

  /** Whether the loss fell; a step that does not train is not worth timing. */
  boolean trains() {
    return laterLoss < firstLoss;
  }

  /** A line that {@link #parse} reads. */
  String format() {
    return String.join(
        "\t",
        network.name(),
        engine,
        versions,
        threads,
        Integer.toString(steps),
        Double.toString(medianMillis),
        Double.toString(fastestMillis),
        Double.toString(firstLoss),
        Double.toString(laterLoss),
        Double.toString(othersShare));
  }

  static StepTiming parse(String line) {
    String[] fields = line.split("\t", -1);
    return new StepTiming(
        Network.valueOf(fields[0]),
        fields[1],
        fields[2],
        fields[3],
        Integer.parseInt(fields[4]),
        Double.parseDouble(fields[5]),
        Double.parseDouble(fields[6]),
        Double.parseDouble(fields[7]),
        Double.parseDouble(fields[8]),
        Double.parseDouble(fields[9]));
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
