package io.dendra.benchmarks.peers;

import java.util.Locale;

/**
 * What one process found of one library and one workload; as text, a line of CSV.
 *
 * @param peer the library, and how it was used
 * @param version of the library and of what computes for it
 * @param workload its name
 * @param medianMillis of the timed steps
 * @param leastMillis of the timed steps
 * @param mostMillis of the timed steps
 * @param samplesPerSecond at the median
 * @param gflops at the median, 0 where it is not counted
 * @param peakMebibytes the most memory that the process had resident
 * @param startupSeconds from the start of the process to the end of its first step
 * @param firstLoss of the first step
 * @param laterLoss of the thirtieth
 * @param othersShare of the machine that other processes had meanwhile
 */
record Measurement(
    String peer,
    String version,
    String workload,
    double medianMillis,
    double leastMillis,
    double mostMillis,
    double samplesPerSecond,
    double gflops,
    double peakMebibytes,
    double startupSeconds,
    double firstLoss,
    double laterLoss,
    double othersShare) {
  static final String HEADER =
      "peer,version,workload,median_ms,min_ms,max_ms,samples_per_s,gflops,peak_rss_mib,startup_s,"
          + "first_loss,last_loss,others_cpu_share";
  private static final int FIELDS = 13;

  /** What a clock has found. */
  static Measurement of(String peer, String version, Workload workload, StepClock clock) {
    double[] millis = clock.sortedMillis();
    double median = Median.ofSorted(millis);
    return new Measurement(
        peer,
        version,
        workload.label(),
        median,
        millis[0],
        millis[millis.length - 1],
        workload.samples() / median * 1e3,
        workload.countedFlops() / median / 1e6,
        ProcessFacts.peakResidentMebibytes(),
        clock.startupSeconds(),
        clock.firstLoss(),
        clock.laterLoss(),
        clock.othersShare());
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException when it is not one of these
   */
  static Measurement parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(
          "a measurement has " + FIELDS + " fields, given " + fields.length + " in '" + line + "'");
    }
    double[] numbers = new double[FIELDS];
    for (int i = 3; i < FIELDS; i++) {
      numbers[i] = Double.parseDouble(fields[i]);
    }
    return new Measurement(
        fields[0],
        fields[1],
        fields[2],
        numbers[3],
        numbers[4],
        numbers[5],
        numbers[6],
        numbers[7],
        numbers[8],
        numbers[9],
        numbers[10],
        numbers[11],
        numbers[12]);
  }

  /** A line that {@link #parse} reads. */
  String format() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%s,%.5f,%.5f,%.5f,%.1f,%.1f,%.0f,%.2f,%.6f,%.6f,%.3f",
        peer,
        version.replace(',', ';'),
        workload,
        medianMillis,
        leastMillis,
        mostMillis,
        samplesPerSecond,
        gflops,
        peakMebibytes,
        startupSeconds,
        firstLoss,
        laterLoss,
        othersShare);
  }
}
